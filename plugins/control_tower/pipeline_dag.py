"""What the DAGs of both pipelines share: start and retries, and the tasks that open and close the run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import get_current_context, task

from control_tower import runs
from control_tower.database import SQL_DIR
from control_tower.jobs import JobType
from control_tower.settings import get_settings


def shared_arguments() -> dict[str, Any]:
    """Arguments of `@dag`; the schedule and the longest duration are each pipeline's own."""
    return {
        "start_date": pendulum.datetime(2026, 1, 1, tz=get_settings().timezone),
        "template_searchpath": [str(SQL_DIR)],
        "default_args": {
            "owner": "control-tower",
            "retries": 2,
            "retry_delay": timedelta(seconds=20),
            "retry_exponential_backoff": True,
            "on_failure_callback": fail_run_of_task,
        },
    }


def fail_run_of_task(context: Any) -> None:
    """Fail the run of a task that failed. What notifies people is imported only then: each task imports this module."""
    from control_tower.monitoring import failure_callback

    failure_callback.fail_run_of_task(context)


@task
def open_run(job_type: JobType) -> int:
    """Open a run with the scope that the DAG run's parameters ask for, and return its id."""
    from control_tower.decisions.forms import NOT_A_USER

    context = get_current_context()
    scope = runs.scope_of(context["params"])
    user = context["dag_run"].triggering_user_name
    return runs.open_run(
        job_type,
        scope,
        dag_id=context["dag"].dag_id,
        dag_run_id=context["run_id"],
        started_by=None if user == NOT_A_USER else user,
    )


@task(trigger_rule="all_done")
def close_run(opened: int | None) -> dict[str, Any]:  # Airflow reserves the name run_id
    """Close the run and return its statistics; fails if a step did not finish."""
    return runs.close_run(opened, runs.steps_of(get_current_context()["dag"]))
