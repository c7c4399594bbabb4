"""The tasks of the DAG pipeline_health, each repeatable by itself: what it was killed before, its repetition does."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from control_tower import runs
from control_tower.monitoring import airflow_state, failure_callback, health_check, heartbeat, outage, self_heal
from control_tower.monitoring.delivery import channels
from control_tower.monitoring.grouping import PIPELINES
from control_tower.monitoring.outage_memory import AirflowMemory
from control_tower.settings import get_settings

log = logging.getLogger(__name__)


def close_abandoned_runs(context: Mapping[str, Any]) -> list[int]:
    """Close runs that lost their process; returns their ids."""
    task = context["ti"]
    return runs.close_abandoned_runs(
        lambda job_type, dag_run_id: airflow_state.is_dag_run_at_work(task, PIPELINES[job_type], dag_run_id)
    )


def observe_airflow(context: Mapping[str, Any]) -> int:
    """Write down what Airflow says of our DAGs; returns of how many it says whether they are paused."""
    with health_check.health_session() as connection:
        return airflow_state.observe(connection, context["ti"], context, health_check.clock(connection))


def run_checks(context: Mapping[str, Any]) -> dict[str, Any]:
    """Look at everything and keep it."""
    with _told_if_impossible(context), health_check.health_session() as connection:
        moment = health_check.clock(connection)
        outage.note_end(connection, moment, AirflowMemory())
        return health_check.run_all_checks(connection, moment, dag_run_id=context["run_id"])


def update_alerts(context: Mapping[str, Any]) -> list[dict[str, str]]:
    """Bring alerts in line with the results and queue what is to be told; returns the runs that are to be started."""
    is_healing = get_settings().self_heal
    with _told_if_impossible(context), health_check.health_session() as connection:
        moment = health_check.clock(connection)
        available = channels.available()
        health_check.tell(connection, moment, available, is_healing=is_healing)
        # Only now everything works again: what was found was kept, and what is to be told is queued.
        outage.finish(connection, moment, AirflowMemory(), channels=available)
        return self_heal.due(connection) if is_healing else []


def confirm_heals() -> int:
    """Note that the runs that were to be started are; returns how many."""
    with health_check.health_session() as connection:
        return self_heal.confirm(connection, health_check.clock(connection))


def send_alerts() -> dict[str, int]:
    """Send what is queued; a server that fails is no failure of this task."""
    with health_check.health_session() as connection:
        sent = health_check.send(connection, health_check.clock(connection))
    return {"sent": sent.sent, "failed": sent.failed}


def send_heartbeat() -> str:
    """Call the heartbeat URL; returns the line that it was given."""
    with health_check.health_session() as connection:
        severity, summary = health_check.latest_severity(connection)
    taken = heartbeat.send_heartbeat(severity, summary)
    log.info("%s; heartbeat: %s", summary, {None: "not configured", True: "taken", False: "not taken"}[taken])
    return summary


@contextmanager
def _told_if_impossible(context: Mapping[str, Any]) -> Iterator[None]:
    """Tell what keeps the health check from its work, since it can keep nothing of it, and raise it."""
    try:
        yield
    except Exception as error:
        # A server that restarts is back at the next attempt, and nobody needs to be woken.
        task = context["ti"]
        if task.try_number > (task.max_tries or 0):
            failure_callback.notify_outage(error)
        raise
