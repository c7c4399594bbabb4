"""A run of Airflow that finds no room or loses its server fails with the cause, is told, and the next one goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from control_tower import runs
from control_tower.migrate import migrate
from devtools.local.embedded import ensure_server
from devtools.local.service_user import choose_service_user
from tests.conftest import quick_folder
from tests.identity import crashes
from tests.monitoring.conftest import DagTest
from tests.monitoring.servers import MailServer
from tests.monitoring.watchtower import IDENTITY, Watchtower
from tests.test_server_limits import server_of_its_own, small_file_system


def told_of_identity(mail: MailServer) -> list[str]:
    """What the mails on the ingestion tell: opened, closed. Rows that a run brings may be the matter of others."""
    subjects = [subject for subject in mail.subjects if "ingesta de identidad" in subject]
    return [subject.removeprefix("[Control Tower] ").split(":")[0] for subject in subjects]


def is_told_and_mended(
    tower: Watchtower,
    dag_test: DagTest,
    mail: MailServer,
    give_room: Callable[[], object],
    cause: str,
    next_action: str,
) -> str:
    """A run fails and is told with its cause; with room the next one ends well, and the alert is over."""
    failed = dag_test("identity_ingestion")
    assert failed.state == "failed"
    ((status, error),) = tower.warehouse.execute(
        "select status::text, error_message from ops.ingestion_runs where dag_run_id = %s", [failed.run_id]
    ).fetchall()
    assert status == "FAILED"
    assert cause in error
    assert next_action in error
    assert dag_test().state == "success"
    assert tower.state("pipeline.identity_run") == ("RED", "RED_RUN_FAILED")
    assert told_of_identity(mail) == ["ROJO"]
    told = mail.mails[0].get_body(("plain",))
    assert told is not None
    assert cause in told.get_content()

    give_room()
    assert dag_test("identity_ingestion").state == "success"
    assert dag_test().state == "success"
    assert tower.state("pipeline.identity_run") == ("OK", "OK")
    assert told_of_identity(mail) == ["ROJO", "RESUELTO"]
    return str(error)


@pytest.fixture
def small_tablespace(server: Any) -> Iterator[Path]:
    """The folder of the tablespace `small`, which has little room."""
    with small_file_system("8m") as folder:
        account = choose_service_user(folder)
        place = folder / "tablespace"
        place.mkdir(mode=0o700)
        account.own(place)
        with psycopg.connect(server.uri("postgres"), autocommit=True) as session:
            session.execute(f"create tablespace small location '{place}'".encode())
            yield folder
            session.execute("drop tablespace small")


def fill(disk: Path) -> Path:
    """Take all room of a file system; the file that does."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return ballast


def test_a_full_disk(
    small_tablespace: Path, tower: Watchtower, dag_test: DagTest, mail: MailServer, figure: Callable[[str], None]
) -> None:
    tower.all_is_well()
    crashes.today(tower.warehouse)
    tower.warehouse.execute("alter table canon.records_index set tablespace small")
    ballast = fill(small_tablespace)
    error = is_told_and_mended(
        tower, dag_test, mail, ballast.unlink, "No space left on device", "free space or enlarge it"
    )
    figure(f"full disk, as a DAG run: {error}")


MANY_ROWS = """
create function public.sort_much() returns trigger language plpgsql set work_mem = '64kB' as $$
begin
    perform count(*) from (select n from generate_series(1, 200000) as n order by -n) as sorted;
    return null;
end
$$;
create trigger sort_much after insert on canon.records_index for each statement execute function public.sort_much()
"""
"""A step that needs more than its memory, whatever the planner chooses for the rows of a test."""


def test_a_limit_of_temporary_files(tower: Watchtower, dag_test: DagTest, mail: MailServer) -> None:
    tower.all_is_well()
    crashes.today(tower.warehouse)
    tower.warehouse.execute(MANY_ROWS)
    name = tower.warehouse.info.dbname
    tower.warehouse.execute(f"alter database {name} set temp_file_limit = '1kB'".encode())
    is_told_and_mended(
        tower,
        dag_test,
        mail,
        lambda: tower.warehouse.execute(f"alter database {name} reset temp_file_limit".encode()),
        "temp_file_limit",
        "CONTROL_TOWER_WORK_MEMORY_MB",
    )


def test_a_server_that_goes_away_in_the_middle_of_a_run(
    tower: Watchtower, dag_test: DagTest, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")
    folder = quick_folder("control-tower-away-")
    with server_of_its_own(folder) as away:
        away.create_database("fleet")
        migrate(away.uri("fleet"))
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", away.airflow_connection_uri("fleet"))
        with psycopg.connect(away.uri("fleet"), autocommit=True) as session:
            Watchtower(session).all_is_well()
            crashes.today(session)
        record = runs.record_step

        def record_and_lose(connection: psycopg.Connection[Any], run_id: int, step: str, **figures: Any) -> None:
            record(connection, run_id, step, **figures)
            if step == "queue_affected_records":
                away.stop()

        with monkeypatch.context() as losing:
            losing.setattr(runs, "record_step", record_and_lose)
            lost = dag_test("identity_ingestion")
        assert lost.state == "failed"
        assert mail.subjects == ["[Control Tower] ROJO: base de datos"]
        told = mail.mails[0].get_body(("plain",))
        assert told is not None
        assert 'database "fleet"' in told.get_content()

        back = ensure_server(away.folder, away.settings)
        with psycopg.connect(back.uri("fleet"), autocommit=True) as session:
            crashes.let_time_pass(session)
            assert dag_test().state == "success"
            rows = session.execute(
                "select status::text, error_message from ops.ingestion_runs where dag_run_id = %s", [lost.run_id]
            ).fetchall()
            assert [status for status, _ in rows] == ["FAILED"]
            assert rows[0][1].startswith("Abandoned")
            assert "the next run continues where it stopped" in rows[0][1]
            assert (IDENTITY,) in session.execute("select cause from ops.v_open_alerts").fetchall()

            assert dag_test("identity_ingestion").state == "success"
            assert dag_test().state == "success"
            assert (IDENTITY,) not in session.execute("select cause from ops.v_open_alerts").fetchall()
            assert session.execute("select count(*) > 0 from canon.identity_links").fetchone() == (True,)
