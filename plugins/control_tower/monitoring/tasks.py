"""The tasks of the DAG pipeline_health. Each is idempotent: a retry finishes what a killed attempt left."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from control_tower import runs
from control_tower.jobs import DAG_OF_JOB
from control_tower.monitoring import (
    airflow_state,
    failure_callback,
    health_check,
    health_metrics,
    heartbeat,
    outage,
    self_heal,
)
from control_tower.monitoring.delivery import channels
from control_tower.monitoring.outage import AirflowVariable
from control_tower.settings import get_settings

log = logging.getLogger(__name__)


def close_abandoned_runs(context: Mapping[str, Any]) -> list[int]:
    """Close runs whose process died; returns their ids."""
    task = context["ti"]
    return runs.close_abandoned_runs(
        lambda job_type, dag_run_id: airflow_state.is_dag_run_active(task, DAG_OF_JOB[job_type], dag_run_id)
    )


def observe_airflow(context: Mapping[str, Any]) -> int:
    """Record the state of our DAGs and the runs that died before they were opened; returns how many DAGs are known."""
    task = context["ti"]
    with health_check.health_session() as connection:
        moment = health_check.clock(connection)
        for dag_id in DAG_OF_JOB.values():
            known = connection.execute(
                "select dag_run_id from ops.ingestion_runs where dag_id = %s and dag_run_id is not null", [dag_id]
            )
            airflow_state.record_lost_runs(task, dag_id, {row[0] for row in known}, moment)
        return airflow_state.record_dag_states(connection, task, context, moment)


def run_checks(context: Mapping[str, Any]) -> dict[str, Any]:
    """Run all checks and record the results."""
    with _notify_outage_on_last_failure(context), health_check.health_session() as connection:
        moment = health_check.clock(connection)
        outage.record_end(connection, moment, AirflowVariable())
        result = health_check.run_all_checks(connection, moment, dag_run_id=context["run_id"])
        health_metrics.report(connection, result)
        return result


def update_alerts(context: Mapping[str, Any]) -> list[dict[str, str]]:
    """Update the alerts from the results and queue messages; returns the runs to start."""
    is_healing = get_settings().self_heal
    with _notify_outage_on_last_failure(context), health_check.health_session() as connection:
        moment = health_check.clock(connection)
        available = channels.available()
        health_check.update_alerts(connection, moment, available, is_healing=is_healing)
        # An outage is over only here: results were recorded and messages queued.
        outage.close(connection, moment, AirflowVariable(), channels=available)
        return self_heal.due_runs(connection) if is_healing else []


def confirm_heals() -> int:
    """Record that the runs were started; returns how many."""
    with health_check.health_session() as connection:
        return self_heal.confirm_runs(connection, health_check.clock(connection))


def send_alerts() -> dict[str, int]:
    """Send the queued messages. A channel that fails does not fail this task."""
    with health_check.health_session() as connection:
        counts = health_check.deliver_messages(connection, health_check.clock(connection))
    return {"sent": counts.sent, "failed": counts.failed}


def send_heartbeat() -> str:
    """Call the heartbeat URL; returns the line that was sent."""
    with health_check.health_session() as connection:
        severity, summary = health_check.latest_severity(connection)
    is_taken = heartbeat.send_heartbeat(severity, summary)
    log.info("%s; heartbeat: %s", summary, {None: "not configured", True: "taken", False: "not taken"}[is_taken])
    return summary


@contextmanager
def _notify_outage_on_last_failure(context: Mapping[str, Any]) -> Iterator[None]:
    """After the last attempt, send an alert that the health check cannot work; raise the error in any case.

    A server that is only restarting is back at the next attempt.
    """
    try:
        yield
    except Exception as error:
        task = context["ti"]
        if task.try_number > (task.max_tries or 0):
            failure_callback.notify_outage(error)
        raise
