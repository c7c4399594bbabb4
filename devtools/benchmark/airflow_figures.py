"""Airflow's wall time: scheduled runs with nothing new beside a DAG of three empty tasks, on one real scheduler."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg

from devtools.benchmark.figures import Figure
from devtools.benchmark.measure import DAG
from devtools.benchmark.scratch import ScratchFolders
from devtools.local import services

EMPTY_DAG = "three_empty_tasks"
DAGS = Path(__file__).with_name("dags")
BAR = 3.0
PARSED_SECONDS = 180
RUN_SECONDS = 600
LONGEST_ANSWER = 300.0
"""Seconds; a busy machine is slow, and says so by its figures."""
EVERY_SECONDS = 0.25
LOCAL_BUNDLE = "airflow.dag_processing.bundles.local.LocalDagBundle"


@dataclass(frozen=True)
class Airflow:
    """A running Airflow with the administrator's token, also in the client."""

    client: httpx.Client
    url: str
    user: str
    token: str

    def run(self, dag_id: str) -> dict[str, Any]:
        """Start a run, wait until it has succeeded, and return it as Airflow's API does.

        Raises:
            RuntimeError: it failed, or takes too long.
        """
        started = self._json("POST", f"/api/v2/dags/{dag_id}/dagRuns", json={"logical_date": None})
        return self.wait(dag_id, started["dag_run_id"])

    def wait(self, dag_id: str, run_id: str) -> dict[str, Any]:
        """Wait until a run has succeeded.

        Raises:
            RuntimeError: it failed, or takes too long.
        """
        deadline = time.monotonic() + RUN_SECONDS
        while time.monotonic() < deadline:
            found = self._json("GET", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}")
            if found["state"] == "success":
                return found
            if found["state"] == "failed":
                raise RuntimeError(f"The run {run_id} of {dag_id} failed.")
            time.sleep(EVERY_SECONDS)
        raise RuntimeError(f"The run {run_id} of {dag_id} was not over after {RUN_SECONDS} s.")

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        """The runs of a DAG, the newest first."""
        found = self._json("GET", f"/api/v2/dags/{dag_id}/dagRuns", params={"order_by": "-run_after"})
        return list(found["dag_runs"])

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """The tasks of a run."""
        found = self._json("GET", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances", params={"limit": 100})
        return list(found["task_instances"])

    def unpause(self, dag_id: str) -> None:
        """Let the scheduler run a DAG, as soon as it is parsed.

        Raises:
            RuntimeError: it is not.
        """
        deadline = time.monotonic() + PARSED_SECONDS
        while time.monotonic() < deadline:
            answer = self.client.patch(f"/api/v2/dags/{dag_id}", json={"is_paused": False})
            if answer.status_code == httpx.codes.OK:
                return
            time.sleep(1)
        raise RuntimeError(f"Airflow did not parse {dag_id} within {PARSED_SECONDS} s.")

    def _json(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        answer = self.client.request(method, path, **arguments)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def running(folders: ScratchFolders) -> Iterator[Airflow]:
    """Airflow as `make up` starts it, on the warehouse of this process, with all DAGs paused."""
    bundles = [
        {"name": "dags-folder", "classpath": LOCAL_BUNDLE, "kwargs": {}},
        {"name": "benchmark", "classpath": LOCAL_BUNDLE, "kwargs": {"path": str(DAGS)}},
    ]
    os.environ.pop("AIRFLOW__CORE__UNIT_TEST_MODE", None)
    os.environ["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"] = json.dumps(bundles)
    os.environ["AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"] = "True"
    started = services.up(folders)
    try:
        with httpx.Client(base_url=started.url, timeout=LONGEST_ANSWER, trust_env=False) as client:
            login = {"username": started.user, "password": started.password}
            token = client.post("/auth/token", json=login).raise_for_status().json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            yield Airflow(client, started.url, started.user, token)
    finally:
        services.down(folders)


def wall_times(airflow: Airflow, uri: str, *, rounds: int) -> list[Figure]:
    """Runs of ingestion with nothing new and of the empty DAG, in turns."""
    for dag_id in (EMPTY_DAG, DAG):
        airflow.unpause(dag_id)
    time.sleep(2)  # the scheduler starts the run of the schedule, which is the first with all caches cold
    for run in airflow.runs(DAG):
        airflow.wait(DAG, run["dag_run_id"])
    airflow.run(EMPTY_DAG)
    empty: list[float] = []
    ours: list[float] = []
    of_sql: list[float] = []
    shares: list[TaskTimes] = []
    for _ in range(rounds):
        empty.append(wall_seconds(airflow.run(EMPTY_DAG)))
        run = airflow.run(DAG)
        ours.append(wall_seconds(run))
        of_sql.append(_step_seconds(uri, run["dag_run_id"]))
        shares.append(task_times(airflow.tasks(DAG, run["dag_run_id"])))
    group = "Airflow, one scheduler, LocalExecutor"
    ran = tuple(float(share.count) for share in shares)
    return [
        Figure(group, "DAG of three empty tasks", tuple(empty)),
        Figure(group, "ingestion, nothing new", tuple(ours), bases=tuple(empty), base="three empty tasks", bar=BAR),
        Figure(group, "of that: our steps, one after another", tuple(of_sql)),
        Figure(group, "of that: tasks running, one after another", tuple(share.running for share in shares)),
        Figure(group, "of that: tasks waiting for a process", tuple(share.queued for share in shares)),
        Figure(group, "tasks that ran", ran, unit=""),
    ]


@dataclass(frozen=True)
class TaskTimes:
    """Of the tasks of one run that ran: how many, and their seconds added up."""

    count: int
    running: float
    queued: float


def task_times(tasks: list[dict[str, Any]]) -> TaskTimes:
    """Add up the tasks of a run, without those that were skipped."""
    ran = [task for task in tasks if task["state"] == "success" and task["start_date"]]
    moments = [tuple(_moment(task[name]) for name in ("queued_when", "start_date", "end_date")) for task in ran]
    return TaskTimes(
        len(ran),
        sum((end - start).total_seconds() for _, start, end in moments),
        sum((start - queued).total_seconds() for queued, start, _ in moments),
    )


def wall_seconds(run: dict[str, Any]) -> float:
    """Seconds from the trigger to the end of a run."""
    return (_moment(run["end_date"]) - _moment(run["queued_at"])).total_seconds()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _step_seconds(uri: str, dag_run_id: str) -> float:
    with psycopg.connect(uri) as connection:
        row = connection.execute(
            "select sum(step.seconds)::float8 from ops.run_steps as step"
            " inner join ops.ingestion_runs as run on run.id = step.run_id where run.dag_run_id = %s",
            [dag_run_id],
        ).fetchone()
    return float(row[0]) if row and row[0] is not None else 0.0
