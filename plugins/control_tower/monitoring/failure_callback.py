"""Sends the alert on a failed run immediately from the failing task, through the same episodes as the health check.

Several tasks of one run may fail at once, also during a health check: the first one queues the message, the others find
the same results and queue nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime

from control_tower.errors import ConnectionNotConfigured, DatabaseUnreachable
from control_tower.jobs import JOB_OF_DAG
from control_tower.monitoring import health_check, outage
from control_tower.monitoring.delivery import channels
from control_tower.monitoring.outage_store import AirflowVariable


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
