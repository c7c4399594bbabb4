"""Three tasks that do nothing, one after another: the least that Airflow takes for a run."""

from __future__ import annotations

from airflow.sdk import chain, dag, task


@dag(schedule=None, catchup=False, max_active_runs=1)
def three_empty_tasks() -> None:
    """Three tasks; see the file's docstring."""

    @task
    def nothing() -> None:
        """Do nothing."""

    chain(*(nothing.override(task_id=f"nothing_{number}")() for number in (1, 2, 3)))


three_empty_tasks()
