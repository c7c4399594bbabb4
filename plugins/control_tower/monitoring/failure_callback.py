"""A pipeline's failure is told at once, by the process in which its task failed, through the same episodes.

Several tasks of one run may fail, and the health check may look at the same moment: whoever is first tells, the others
find nothing new to say.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from control_tower.errors import ConnectionNotConfigured, DatabaseUnreachable
from control_tower.jobs import JobType
from control_tower.monitoring import health_check, outage
from control_tower.monitoring.delivery import channels
from control_tower.monitoring.grouping import PIPELINES
from control_tower.monitoring.outage_memory import AirflowMemory

log = logging.getLogger(__name__)

JOB_OF_DAG: dict[str, JobType] = {dag_id: job_type for job_type, dag_id in PIPELINES.items()}


def notify_failure(dag_id: str) -> None:
    """Look at the pipeline of a DAG and send what there is to tell; a DAG without a pipeline is left alone.

    Raises:
        DatabaseUnreachable: the database is down, which was told instead.
    """
    job_type = JOB_OF_DAG.get(dag_id)
    if job_type is None:
        return
    try:
        with health_check.health_session() as connection:
            moment = health_check.clock(connection)
            health_check.run_job_checks(connection, moment, job_type)
            available = channels.available()
            health_check.tell(connection, moment, available)
            health_check.send(connection, moment, available)
    except (DatabaseUnreachable, ConnectionNotConfigured) as error:
        notify_outage(error)
        raise


def notify_outage(error: Exception) -> None:
    """Tell that the database is down, or that nothing can be looked at, once per outage."""
    outage.tell(error, channels.available(), datetime.now(UTC), AirflowMemory())
