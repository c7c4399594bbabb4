"""The state of our DAGs, as far as a task can know it: tasks have no access to Airflow's metadata database.

The task SDK says whether a DAG is paused and whether a DAG run is active. It does not report import errors, so the
files beside the health DAG are loaded here, which finds the errors that a worker would have. Unknown is NULL, not OK.
"""

from __future__ import annotations

import importlib.util
import logging
import traceback
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowRuntimeError

from control_tower.database import read_sql
from control_tower.decisions.forms import NOT_A_USER
from control_tower.jobs import DAG_OF_JOB, MANUAL_DAGS

if TYPE_CHECKING:
    from airflow.sdk.types import RuntimeTaskInstanceProtocol

log = logging.getLogger(__name__)

ACTIVE_STATES = ("queued", "running", "restarting")
DAGS = (*DAG_OF_JOB.values(), *MANUAL_DAGS)
"""The DAGs whose files must load, besides the health DAG, which is running. The files of the pipelines must exist."""
AIRFLOW_ERRORS = (AirflowRuntimeError, httpx.HTTPError)
MAX_ERROR_LENGTH = 2000


def record_dag_states(
    connection: psycopg.Connection[Any], task: RuntimeTaskInstanceProtocol, context: Mapping[str, Any], moment: datetime
) -> int:
    """Record for each DAG whether it is paused and whether its file loads; returns of how many the former is known."""
    folder = Path(context["dag"].fileloc).parent
    is_test = getattr(context["dag_run"], "triggering_user_name", None) == NOT_A_USER
    known = 0
    for dag_id in DAGS:
        is_paused = is_dag_paused(task, dag_id, is_test=is_test)
        has_error, error = import_error(folder / f"{dag_id}.py", must_exist=dag_id in DAG_OF_JOB.values())
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
        return str(task.get_dagrun_state(dag_id, dag_run_id)) in ACTIVE_STATES
    except AIRFLOW_ERRORS as error:
        log.info("No answer on DAG run %s of %s: %s", dag_run_id, dag_id, error)
        return None


def import_error(file: Path, *, must_exist: bool = False) -> tuple[bool | None, str | None]:
    """Whether loading a DAG file fails, and how; of a missing file that need not exist nothing is known."""
    if not file.is_file():
        return (True, f"{file.name}: there is no such file beside the other DAGs") if must_exist else (None, None)
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
