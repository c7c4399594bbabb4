"""Sends the alert on a failed run immediately from the failing task, through the same episodes as the health check.

Several tasks of one run may fail at once, also during a health check: the first one queues the message, the others find
the same results and queue nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from control_tower import runs
from control_tower.errors import ConnectionNotConfigured, DatabaseUnreachable, RunAlreadyActive
from control_tower.jobs import JOB_OF_DAG
from control_tower.monitoring import health_check, outage
from control_tower.monitoring.airflow_state import REFUSED
from control_tower.monitoring.delivery import channels
from control_tower.monitoring.outage import AirflowVariable
from control_tower.partitions import name_of

if TYPE_CHECKING:
    from airflow.sdk.types import RuntimeTaskInstanceProtocol


REFUSALS = (RunAlreadyActive, ValueError)
"""Errors of a run that was not to start: another one is active, its parameters mean nothing, or it has unknown ones."""


def fail_run_of_task(context: Mapping[str, Any]) -> None:
    """Task callback after the last retry: mark the run FAILED with the task and its error, and send the alert."""
    task_instance: RuntimeTaskInstanceProtocol = context["ti"]
    error = context.get("exception")
    index = task_instance.map_index  # from 0; -1: not mapped
    task = name_of(task_instance.task_id, None if index is None or index < 0 else index + 1)
    problem = f"{task}: {error or 'failed without a message'}"
    try:
        run_id = task_instance.xcom_pull(task_ids="open_run")
        if run_id is not None:
            runs.fail_run(int(run_id), problem)
        elif task_instance.dag_id in JOB_OF_DAG:
            _record_failed_start(task_instance, error, problem, str(context["run_id"]))
    except (DatabaseUnreachable, ConnectionNotConfigured) as unreachable:
        notify_outage(unreachable)
        raise
    notify_failure(task_instance.dag_id)


def _record_failed_start(task_instance: RuntimeTaskInstanceProtocol, error: Any, problem: str, dag_run_id: str) -> None:
    """Record a run that was never opened, unless it was refused: then nothing is wrong with the pipeline itself.

    A process that was killed in `open_run` calls nothing; `close_run`, which misses the run, does.
    """
    if isinstance(error, REFUSALS):
        task_instance.xcom_push(key=REFUSED, value=problem)
    elif task_instance.xcom_pull(task_ids="open_run", key=REFUSED) is None:
        job_type = JOB_OF_DAG[task_instance.dag_id]
        try:
            runs.record_failed_start(job_type, problem, dag_id=task_instance.dag_id, dag_run_id=dag_run_id)
        except (DatabaseUnreachable, ConnectionNotConfigured):
            task_instance.xcom_push(key=REFUSED, value=problem)  # the outage has an alert of its own
            raise


def notify_failure(dag_id: str) -> None:
    """Check the pipeline of a DAG and send the messages that are due; does nothing for a DAG without a pipeline.

    Raises:
        DatabaseUnreachable: The database is down; that was notified instead.
        ConnectionNotConfigured: Airflow has no connection to it; that was notified instead.
    """
    job_type = JOB_OF_DAG.get(dag_id)
    if job_type is None:
        return
    try:
        with health_check.health_session() as connection:
            moment = health_check.clock(connection)
            health_check.run_job_checks(connection, moment, job_type)
            available = channels.available()
            health_check.update_alerts(connection, moment, available)
            health_check.deliver_messages(connection, moment, available)
    except (DatabaseUnreachable, ConnectionNotConfigured) as error:
        notify_outage(error)
        raise


def notify_outage(error: Exception) -> None:
    """Send an alert, once per outage, that the health check cannot use the database."""
    outage.notify(error, channels.available(), datetime.now(UTC), AirflowVariable())
