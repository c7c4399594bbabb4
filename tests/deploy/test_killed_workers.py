"""A scheduler whose workers are killed: no run of a pipeline fails without a trace."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil
import psycopg
import pytest

from control_tower import runs
from control_tower.jobs import DAG_OF_JOB
from control_tower.migrate import migrate
from devtools.local import processes, services
from devtools.local.airflow_home import (
    PROJECT,
    WAREHOUSE_CONNECTION,
    WAREHOUSE_DATABASE,
    LocalFolders,
    prepare_databases,
)
from devtools.local.embedded import ensure_server, existing_server
from tests.monitoring.watchtower import QUIET_SOURCES

QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
RETRIES = '"retries": 2,'
"""In the DAGs of the pipelines; each retry would only be killed likewise, half a minute later."""
Found = TypeVar("Found")
PATIENCE = 120


@dataclass(frozen=True)
class Site:
    """A running Airflow.

    Attributes:
        folders: Where its files and process ids are.
        dsn: The warehouse.
        client: A client of its API, logged in.
    """

    folders: LocalFolders
    dsn: str
    client: httpx.Client

    def start(self, dag_id: str) -> str:
        """Ask for a run of a DAG; returns its id."""
        answer = self.client.post(f"/dags/{dag_id}/dagRuns", json={"logical_date": None})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["dag_run_id"])

    def state(self, dag_id: str, run_id: str) -> str:
        """The state of a run that has ended, else an empty text."""
        found = str(self.client.get(f"/dags/{dag_id}/dagRuns/{run_id}").json()["state"])
        return "" if found in ("queued", "running") else found

    def end(self, dag_id: str, run_id: str) -> str:
        """Wait until a run has ended; returns its state."""
        return until(lambda: self.state(dag_id, run_id))

    def kill_waiting(self, session: psycopg.Connection[Any], holder: psycopg.Connection[Any]) -> bool:
        """Kill the task that stands before a lock of the holder, with its worker, which would tell of it.

        Returns whether there is one.
        """
        waiting = "select exists (select from pg_stat_activity where %s = any (pg_blocking_pids(pid)))"
        if session.execute(waiting, [holder.info.backend_pid]).fetchone() != (True,):
            return False
        scheduler = started(self.folders, "scheduler")
        tasks = [process for process in scheduler if process.parent() in scheduler[1:]]
        for process in [*(worker for task in tasks for worker in task.parents()[:1]), *tasks]:
            process.kill()
        return True


def started(folders: LocalFolders, component: str) -> list[psutil.Process]:
    """The processes of a component, its first one first."""
    return sorted(processes.members(services.records(folders)[component]), key=psutil.Process.create_time)


def until(look: Callable[[], Found]) -> Found:
    """Look until there is something to see."""
    ends = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < ends, f"still not there after {PATIENCE} s"
        time.sleep(0.2)
    return found


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """An Airflow that retries nothing, starts nothing by itself and soon misses a task that gives no sign of life."""
    with pytest.MonkeyPatch.context() as environment, tempfile.TemporaryDirectory(prefix="ct-killed-") as folder:
        for name in [name for name in os.environ if name.startswith(("AIRFLOW", "CONTROL_TOWER"))]:
            environment.delenv(name)
        folders = LocalFolders(Path(folder))
        for part in ("dags", "sql"):
            (folders.project / part).symlink_to(PROJECT / part)
        plugins = folders.project / "plugins"
        shutil.copytree(PROJECT / "plugins", plugins, ignore=shutil.ignore_patterns("__pycache__"))
        shared = plugins / "control_tower" / "pipeline_dag.py"
        assert RETRIES in shared.read_text()
        shared.write_text(shared.read_text().replace(RETRIES, '"retries": 0,'))
        for name, value in {
            "PYTHONPATH": str(plugins),
            "CONTROL_TOWER_SOURCE_CADENCE_HOURS": QUIET_SOURCES,
            "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "15",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
        }.items():
            environment.setenv(name, value)
        try:
            server = ensure_server(folders.postgres, QUICK)
            prepare_databases(server)
            environment.setenv(WAREHOUSE_CONNECTION, server.airflow_connection_uri(WAREHOUSE_DATABASE))
            migrate(server.uri(WAREHOUSE_DATABASE))
            running = services.up(folders)
            login = {"username": running.user, "password": running.password}
            token = httpx.post(f"{running.url}/auth/token", json=login, timeout=30, trust_env=False).json()
            bearer = {"Authorization": f"Bearer {token['access_token']}"}
            with httpx.Client(base_url=f"{running.url}/api/v2", headers=bearer, timeout=60, trust_env=False) as client:
                yield Site(folders, server.uri(WAREHOUSE_DATABASE), client)
        finally:
            services.down(folders)
            left = existing_server(folders.postgres)
            if left:
                left.destroy()


@pytest.fixture
def session(site: Site) -> Iterator[psycopg.Connection[Any]]:
    """A session (autocommit) on the warehouse, in which both pipelines have just completed."""
    with psycopg.connect(site.dsn, autocommit=True) as connection:
        for job in DAG_OF_JOB:
            connection.execute(
                "insert into ops.ingestion_runs (job_type, status, started_at, completed_at, heartbeat_at)"
                " values (%s, 'COMPLETED', now(), now(), now())",
                [job],
            )
        yield connection


def of_dag_run(session: psycopg.Connection[Any], dag_run_id: str) -> list[tuple[str, str]]:
    """Status and error of the runs of ours that belong to a DAG run."""
    return session.execute(
        "select status::text, error_message from ops.ingestion_runs where dag_run_id = %s", [dag_run_id]
    ).fetchall()


def is_alerted(session: psycopg.Connection[Any]) -> bool:
    """Whether an alert on the ingestion is open."""
    return bool(session.execute("select cause from ops.v_open_alerts where cause = 'identity_run'").fetchall())


def test_a_run_whose_worker_was_killed_while_it_was_opened_is_told_at_once(
    site: Site, session: psycopg.Connection[Any]
) -> None:
    with psycopg.connect(site.dsn) as holder:
        holder.execute(runs.RUNS_LOCK)
        run_id = site.start("identity_ingestion")
        until(lambda: site.kill_waiting(session, holder))
    assert site.end("identity_ingestion", run_id) == "failed"
    until(lambda: is_alerted(session))
    assert site.end("pipeline_health", site.start("pipeline_health")) == "success"
    ((status, error),) = of_dag_run(session, run_id)
    assert status == "FAILED"
    assert "open_run" in error


def test_a_run_of_which_everything_was_killed_that_could_tell_is_found_by_the_health_check(
    site: Site, session: psycopg.Connection[Any]
) -> None:
    assert site.end("pipeline_health", site.start("pipeline_health")) == "success"
    assert not is_alerted(session)
    for process in started(site.folders, "dag-processor"):  # it calls the callbacks of tasks that Airflow lost
        process.kill()
    with psycopg.connect(site.dsn) as holder:
        holder.execute(runs.RUNS_LOCK)
        run_id = site.start("identity_ingestion")
        until(lambda: site.kill_waiting(session, holder))
        holder.execute("lock table ops.ingestion_runs in exclusive mode")

        def ended() -> str:
            site.kill_waiting(session, holder)
            return site.state("identity_ingestion", run_id)

        assert until(ended) == "failed"
    assert of_dag_run(session, run_id) == []
    assert not is_alerted(session)

    assert site.end("pipeline_health", site.start("pipeline_health")) == "success"
    ((status, error),) = of_dag_run(session, run_id)
    assert status == "FAILED"
    assert "before a run was opened: open_run is failed" in error
    assert is_alerted(session)
