"""PostgreSQL is killed in the middle of a run: its unlogged work tables are empty afterwards, and the run must not
end as if it had looked at its records."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from control_tower import errors, runs
from devtools.local.embedded import EmbeddedServer, ensure_server
from tests.identity import crashes, results
from tests.identity.crashes import let_time_pass, somebody_waits, wait_until
from tests.pipeline import ingest, load_dag, run_step, step_names

DAG = "identity_ingestion"
Warehouse = psycopg.Connection[Any]
STEPS = step_names(DAG)
WITH_A_BATCH = STEPS[STEPS.index("prepare.start_batch") : STEPS.index("finish_batch") : 2]
"""Steps after which the working tables hold what the rest of the run needs."""


class MortalServer:
    """A server that tests may kill; its databases are copies of one without a run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.embedded: EmbeddedServer = ensure_server(folder, {"fsync": "off", "full_page_writes": "off"})
        self.databases = 0

    def prepare(self) -> None:
        from control_tower.migrate import migrate

        self.embedded.create_database("template")
        migrate(self.embedded.uri("template"))
        with psycopg.connect(self.embedded.uri("template"), autocommit=True) as connection:
            crashes.today(connection)
            connection.execute(crashes.GATES)  # type: ignore[arg-type]

    def database(self) -> str:
        self.databases += 1
        name = f"w{self.databases}"
        # By files: with wal_level = minimal, PostgreSQL's other way loses the empty copies of unlogged indexes.
        statement = sql.SQL("create database {} template template strategy file_copy").format(sql.Identifier(name))
        with self.connect("postgres") as connection:
            connection.execute(statement)
        return name

    def connect(self, name: str) -> Warehouse:
        return psycopg.connect(self.embedded.uri(name), autocommit=True)

    def die(self) -> None:
        """Kill the postmaster and its children, then start with crash recovery."""
        assert self.embedded.pid is not None
        os.kill(self.embedded.pid, signal.SIGKILL)
        self.embedded = ensure_server(self._folder, {"fsync": "off", "full_page_writes": "off"})


@pytest.fixture(scope="module")
def mortal() -> Iterator[MortalServer]:
    server = MortalServer(Path(tempfile.mkdtemp(prefix="control-tower-pg-")))
    server.prepare()
    yield server
    server.embedded.destroy()


@pytest.fixture
def use(mortal: MortalServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set the Airflow connection `control_tower` to a database."""
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")
    return lambda name: monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", mortal.embedded.airflow_connection_uri(name))


def test_a_run_that_lost_its_batch_fails_and_the_next_one_finishes_the_work(mortal: MortalServer, use: Any) -> None:
    untouched = mortal.database()
    use(untouched)
    ingest()
    with mortal.connect(untouched) as warehouse:
        expected = results.settled(warehouse)
    interrupted: dict[str, tuple[str, int]] = {}
    for step in WITH_A_BATCH:
        name = mortal.database()
        use(name)
        interrupted[step] = name, ingest(until=step)

    mortal.die()

    for step, (name, run_id) in interrupted.items():
        use(name)
        with mortal.connect(name) as warehouse:
            assert warehouse.execute("select count(*) from canon.records_this_run").fetchone() == (0,)
            for later in STEPS[STEPS.index(step) + 1 :]:  # whichever Airflow tries next
                with pytest.raises(errors.QueryFailed, match=f"run {run_id} lost its batch") as refused:
                    run_step(DAG, later, run_id)
                assert "Next: Nothing else is lost. Start a new run" in str(refused.value)
            with pytest.raises(errors.RunIncomplete):
                runs.close_run(run_id, runs.steps_of(load_dag(DAG)))
            assert warehouse.execute("select status::text from ops.ingestion_runs").fetchall() == [("FAILED",)]

            ingest()
            assert results.settled(warehouse) == expected, step


def test_a_server_killed_under_a_statement_is_reported_and_made_good(mortal: MortalServer, use: Any) -> None:
    untouched, name = mortal.database(), mortal.database()
    use(untouched)
    ingest()
    with mortal.connect(untouched) as warehouse:
        expected = results.settled(warehouse)
    use(name)
    caught: list[BaseException] = []

    def run() -> None:
        try:
            ingest()
        except errors.ControlTowerError as error:
            caught.append(error)

    runner = threading.Thread(target=run)
    with mortal.connect(name) as doorkeeper:
        doorkeeper.execute("select pg_advisory_lock(815, hashtext('identity_links'))")  # a gate: crashes.closed_gate
        runner.start()
        wait_until(lambda: somebody_waits(doorkeeper))
        mortal.die()
    runner.join(crashes.PATIENCE)

    (error,) = caught
    assert isinstance(error, errors.DatabaseUnreachable)
    assert error.is_retryable
    with mortal.connect(name) as warehouse:
        assert warehouse.execute("select status::text from ops.ingestion_runs").fetchall() == [("RUNNING",)]
        assert warehouse.execute("select count(*) from canon.identity_registry").fetchone() == (0,)
        let_time_pass(warehouse)
        ingest()
        states = warehouse.execute("select status::text from ops.ingestion_runs order by id").fetchall()
        assert states == [("FAILED",), ("COMPLETED",)]
        assert results.settled(warehouse) == expected


def test_a_clean_restart_loses_nothing(mortal: MortalServer, use: Any) -> None:
    name = mortal.database()
    use(name)
    run_id = ingest(until="decide.assign_persons_1")

    mortal.embedded.restart()

    for step in STEPS[STEPS.index("decide.assign_persons_1") + 1 :]:
        run_step(DAG, step, run_id)
    runs.close_run(run_id, runs.steps_of(load_dag(DAG)))
    with mortal.connect(name) as warehouse:
        assert warehouse.execute("select count(*) from canon.evaluation_queue").fetchone() == (0,)
        assert results.links(warehouse)
