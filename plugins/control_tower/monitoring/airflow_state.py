"""The state of our DAGs, as far as a task can know it: tasks have no access to Airflow's metadata database.

The task SDK says whether a DAG is paused and whether a DAG run is active. It does not report import errors, so the
files of the DAGs are loaded here, which finds the errors that a worker would have. Unknown is NULL, not OK.
"""

from __future__ import annotations

import importlib.util
import logging
import re
import traceback
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowRuntimeError

from control_tower import runs
from control_tower.database import read_sql
from control_tower.decisions.forms import NOT_A_USER
from control_tower.jobs import DAG_OF_JOB, JOB_OF_DAG, MANUAL_DAGS

if TYPE_CHECKING:
    from airflow.sdk.types import RuntimeTaskInstanceProtocol

log = logging.getLogger(__name__)

ACTIVE_STATES = ("queued", "running", "restarting")
DAGS = (*DAG_OF_JOB.values(), *MANUAL_DAGS)
"""The DAGs whose files must load, besides the health DAG, which is running. The files of the pipelines must exist."""
AIRFLOW_ERRORS = (AirflowRuntimeError, httpx.HTTPError)
MAX_ERROR_LENGTH = 2000

OPENING_TASK = "open_run"
"""The task that opens a run, in the DAGs of both pipelines."""
REFUSED = "refused"
"""Key of the XCom in which it leaves why a run was not to start, or could not while the database was down."""
LOST_RUNS_AFTER = timedelta(days=7)
"""How old a DAG run may be to be looked for."""


def record_dag_states(
    connection: psycopg.Connection[Any], task: RuntimeTaskInstanceProtocol, context: Mapping[str, Any], moment: datetime
) -> int:
    """Record for each DAG whether it is paused and whether its file loads; returns of how many the former is known."""
    health_file = Path(context["dag"].fileloc)
    is_test = getattr(context["dag_run"], "triggering_user_name", None) == NOT_A_USER
    known = 0
    for dag_id in DAGS:
        is_paused = is_dag_paused(task, dag_id, is_test=is_test)
        file = dag_file(task, dag_id, health_file)
        has_error, error = import_error(file, must_exist=dag_id in DAG_OF_JOB.values())
        known += is_paused is not None
        connection.execute(
            read_sql("monitoring/observe_dag.sql"),
            {
                "dag_id": dag_id,
                "is_paused": is_paused,
                "has_import_error": has_error,
                "import_error": error,
                "moment": moment,
                "is_test": is_test,
            },
        )
    return known


def is_dag_paused(task: RuntimeTaskInstanceProtocol, dag_id: str, *, is_test: bool = False) -> bool | None:
    """Whether a DAG is paused; None when unknown.

    `airflow dags test` registers DAGs that no scheduler has seen, paused by the configuration's default. With `is_test`
    a pause by default is therefore unknown.
    """
    try:
        is_paused = bool(task.get_dag(dag_id).is_paused)
    except AIRFLOW_ERRORS as error:
        log.info("No answer on DAG %s: %s", dag_id, error)
        return None
    if is_paused and is_test and conf.getboolean("core", "dags_are_paused_at_creation", fallback=True):
        return None
    return is_paused


def is_dag_run_active(task: RuntimeTaskInstanceProtocol, dag_id: str, dag_run_id: str) -> bool | None:
    """Whether a DAG run is queued or running; None when unknown."""
    try:
        return dag_run_state(task, dag_id, dag_run_id) in ACTIVE_STATES
    except AIRFLOW_ERRORS as error:
        log.info("No answer on DAG run %s of %s: %s", dag_run_id, dag_id, error)
        return None


def dag_run_state(task: RuntimeTaskInstanceProtocol, dag_id: str, dag_run_id: str) -> str:
    """The state of a DAG run; the SDK returns a text or a member of one of several enumerations."""
    state = task.get_dagrun_state(dag_id, dag_run_id)
    return str(getattr(state, "value", state))


def record_lost_runs(task: RuntimeTaskInstanceProtocol, dag_id: str, known: Collection[str], moment: datetime) -> int:
    """Record the DAG runs that Airflow calls failed and that opened no run of ours as FAILED; returns how many.

    Their worker was killed or lost, or the API server was away: nobody could write that they failed. Those of the last
    days are looked for; a run that was refused has failed for another reason, which its `open_run` has left as an XCom.
    """
    lost = 0
    for dag_run_id, state in _opening_states(task, dag_id).items():
        started_at = _time_of(dag_run_id)
        is_old = started_at is not None and started_at < moment - LOST_RUNS_AFTER
        if dag_run_id in known or state == "success" or is_old or not _has_failed(task, dag_id, dag_run_id):
            continue
        problem = (
            f"The DAG run failed before a run was opened: open_run is {state or 'unknown'}. Its worker was lost or"
            " killed, or Airflow's API server did not answer; Airflow's logs of open_run and of the scheduler say more."
        )
        if runs.record_failed_start(
            JOB_OF_DAG[dag_id], problem, dag_id=dag_id, dag_run_id=dag_run_id, started_at=started_at
        ):
            log.warning("%s of %s: %s", dag_run_id, dag_id, problem)
            lost += 1
    return lost


def _opening_states(task: RuntimeTaskInstanceProtocol, dag_id: str) -> dict[str, str | None]:
    """The state of the task that opens a run, by DAG run; none: Airflow cannot say."""
    try:
        states = task.get_task_states(dag_id=dag_id, task_ids=[OPENING_TASK])
    except AIRFLOW_ERRORS as error:
        log.info("No answer on the runs of DAG %s: %s", dag_id, error)
        return {}
    return {run_id: found.get(OPENING_TASK) for run_id, found in states.items()}


def _has_failed(task: RuntimeTaskInstanceProtocol, dag_id: str, dag_run_id: str) -> bool:
    """Whether a DAG run ended as failed and was not refused."""
    try:
        if dag_run_state(task, dag_id, dag_run_id) != "failed":
            return False
        return task.xcom_pull(dag_id=dag_id, task_ids=OPENING_TASK, run_id=dag_run_id, key=REFUSED) is None
    except AIRFLOW_ERRORS as error:
        log.info("No answer on DAG run %s of %s: %s", dag_run_id, dag_id, error)
        return False


def _time_of(dag_run_id: str) -> datetime | None:
    """The time that Airflow writes into the id of a DAG run, `scheduled__2026-11-30T12:00:00+00:00`."""
    found = re.search(r"__(\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))", dag_run_id)
    return datetime.fromisoformat(found[1]) if found else None


def dag_file(task: RuntimeTaskInstanceProtocol, dag_id: str, health_file: Path) -> Path:
    """The file that makes a DAG: of its name beside the health DAG's, that file itself, or where Airflow has it."""
    beside = health_file.with_name(f"{dag_id}.py")
    if beside.is_file():
        return beside
    if health_file.is_file() and re.search(rf"\b{dag_id}\b", health_file.read_text(encoding="utf-8")):
        return health_file
    try:
        relative = getattr(task.get_dag(dag_id), "relative_fileloc", None)
    except AIRFLOW_ERRORS as error:
        log.info("No answer on the file of DAG %s: %s", dag_id, error)
        return beside
    # Relative to the folder of its bundle, which is one of those that the health DAG's file is in.
    found = (folder / relative for folder in health_file.parents if relative)
    return next((file for file in found if file.is_file()), beside)


def import_error(file: Path, *, must_exist: bool = False) -> tuple[bool | None, str | None]:
    """Whether loading a DAG file fails, and how; of a missing file that need not exist nothing is known."""
    if not file.is_file():
        return (
            (True, f"{file.name}: there is no such file beside the health DAG, and no other that makes this DAG")
            if must_exist
            else (None, None)
        )
    spec = importlib.util.spec_from_file_location(f"control_tower_loaded_{file.stem}", file)
    if spec is None or spec.loader is None:
        return None, None
    try:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - any error of the file is the result
        text = "".join(traceback.format_exception_only(error)).strip()
        line = next(
            (frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)), 0
        )
        return True, f"{file.name}, line {line}: {text}"[:MAX_ERROR_LENGTH]
    return False, None
