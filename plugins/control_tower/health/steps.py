"""The tasks of the DAG pipeline_health, each repeatable by itself: what it was killed before, its repetition does."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from control_tower import runs
from control_tower.health import airflow_view, at_once, channels, check, heal, heartbeat, outage
from control_tower.health.causes import PIPELINES
from control_tower.health.outage_memory import AirflowMemory
from control_tower.settings import get_settings

log = logging.getLogger(__name__)


def close_abandoned_runs(context: Mapping[str, Any]) -> list[int]:
    """Close runs that lost their process; returns their ids."""
    task = context["ti"]
    return runs.close_abandoned_runs(
        lambda job_type, dag_run_id: airflow_view.is_dag_run_at_work(task, PIPELINES[job_type], dag_run_id)
    )


def observe_airflow(context: Mapping[str, Any]) -> int:
    """Write down what Airflow says of our DAGs; returns of how many it says whether they are paused."""
    with check.health_session() as connection:
        return airflow_view.observe(connection, context["ti"], context, check.clock(connection))


def run_checks(context: Mapping[str, Any]) -> dict[str, Any]:
    """Look at everything and keep it."""
    with _told_if_impossible(context), check.health_session() as connection:
        moment = check.clock(connection)
        outage.note_end(connection, moment, AirflowMemory())
        return check.look_at_everything(connection, moment, dag_run_id=context["run_id"])


def update_alerts(context: Mapping[str, Any]) -> list[dict[str, str]]:
    """Bring alerts in line with the results and queue what is to be told; returns the runs that are to be started."""
    is_healing = get_settings().self_heal
    with _told_if_impossible(context), check.health_session() as connection:
        moment = check.clock(connection)
        available = channels.available()
        check.tell(connection, moment, available, is_healing=is_healing)
        # Only now everything works again: what was found was kept, and what is to be told is queued.
        outage.settle(connection, moment, AirflowMemory(), channels=available)
        return heal.due(connection) if is_healing else []


def confirm_heals() -> int:
    """Note that the runs that were to be started are; returns how many."""
    with check.health_session() as connection:
        return heal.confirm(connection, check.clock(connection))


def send_alerts() -> dict[str, int]:
    """Send what is queued; a server that fails is no failure of this task."""
    with check.health_session() as connection:
        sent = check.send(connection, check.clock(connection))
    return {"sent": sent.sent, "failed": sent.failed}


def beat() -> str:
    """Call the heartbeat URL; returns the line that it was given."""
    with check.health_session() as connection:
        severity, summary = check.latest_severity(connection)
    taken = heartbeat.beat(severity, summary)
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
            at_once.tell_outage(error)
        raise
