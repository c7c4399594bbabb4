"""What a task may know of Airflow: through the task SDK alone, since tasks do not touch Airflow's own database.

Whether a DAG is paused and whether a DAG run is at work, Airflow's API server tells each task. Import errors it does
not tell: the files beside the health DAG are loaded here, which finds what any worker would stumble over. What cannot
be known is NULL, and not "fine".
"""

from __future__ import annotations

import importlib.util
import logging
import traceback
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import httpx
import psycopg
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowRuntimeError

from control_tower.database import read_sql
from control_tower.decisions.forms import NOT_A_USER
from control_tower.monitoring.grouping import PIPELINES

log = logging.getLogger(__name__)

AT_WORK = ("queued", "running", "restarting")
DAGS = (*PIPELINES.values(), "migrate_schema", "resolve_scout_conflict", "resolve_unmatched_lead", "revert_backfill")
"""The DAGs whose files must load, besides the health DAG, which is at work. Those of the pipelines must be there."""
CANNOT_SAY = (AirflowRuntimeError, httpx.HTTPError)
LONGEST_ERROR = 2000


class Task(Protocol):
    """The part of a running task instance that is asked."""

    def get_dag(self, dag_id: str) -> Any:
        """What Airflow knows of a DAG."""

    def get_dagrun_state(self, dag_id: str, run_id: str) -> str:
        """The state of a DAG run."""


def observe(connection: psycopg.Connection[Any], task: Task, context: Mapping[str, Any], moment: datetime) -> int:
    """Write down what Airflow says of our DAGs; returns of how many it can tell whether they are paused.

    Args:
        connection: Session in autocommit.
        task: The task instance that asks.
        context: Its context.
        moment: Now.
    """
    folder = Path(context["dag"].fileloc).parent
    is_test = getattr(context["dag_run"], "triggering_user_name", None) == NOT_A_USER
    known = 0
    for dag_id in DAGS:
        is_paused = is_dag_paused(task, dag_id, is_test=is_test)
        has_error, error = import_error(folder / f"{dag_id}.py", must_exist=dag_id in PIPELINES.values())
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


def is_dag_paused(task: Task, dag_id: str, *, is_test: bool = False) -> bool | None:
    """Whether a DAG is paused; None when Airflow cannot say.

    Args:
        task: The task instance that asks.
        dag_id: The DAG.
        is_test: `airflow dags test` asks. It enters DAGs that no scheduler has seen, paused as the configuration
            wants new DAGs to be; that nobody has switched them on yet says nothing where nothing is scheduled.
    """
    try:
        is_paused = bool(task.get_dag(dag_id).is_paused)
    except CANNOT_SAY as error:
        log.info("Airflow does not tell of %s: %s", dag_id, error)
        return None
    if is_paused and is_test and conf.getboolean("core", "dags_are_paused_at_creation", fallback=True):
        return None
    return is_paused


def is_dag_run_at_work(task: Task, dag_id: str, dag_run_id: str) -> bool | None:
    """Whether a DAG run is queued or running; None when Airflow does not know it."""
    try:
        return str(task.get_dagrun_state(dag_id, dag_run_id)) in AT_WORK
    except CANNOT_SAY as error:
        log.info("Airflow does not tell of %s of %s: %s", dag_run_id, dag_id, error)
        return None


def import_error(file: Path, *, must_exist: bool = False) -> tuple[bool | None, str | None]:
    """Whether loading a DAG file fails, and how.

    Args:
        file: The DAG file.
        must_exist: Where there is no such file that is an error; otherwise nothing can be said: None.
    """
    if not file.is_file():
        return (True, f"{file.name}: there is no such file beside the other DAGs") if must_exist else (None, None)
    spec = importlib.util.spec_from_file_location(f"control_tower_loaded_{file.stem}", file)
    if spec is None or spec.loader is None:
        return None, None
    try:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the file raises is what is looked for
        text = "".join(traceback.format_exception_only(error)).strip()
        line = next(
            (frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)), 0
        )
        return True, f"{file.name}, line {line}: {text}"[:LONGEST_ERROR]
    return False, None
