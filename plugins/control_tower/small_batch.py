"""A run with little to do is one task: a task costs Airflow more than such a step costs the database (ADR 40)."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, Final

import psycopg
from airflow.providers.standard.utils.skipmixin import SkipMixin
from airflow.sdk import BaseOperator, TriggerRule

from control_tower.database import execute_file, fetch_one, read_sql
from control_tower.operators import carry_out, shared_session, step_session
from control_tower.parallel import map_in_parallel

log = logging.getLogger(__name__)

MOST_ROWS: Final = 5_000
"""Most queued records and dirty keys of a small batch. It is worked off in one process, in seconds."""
TASK_ID: Final = "small_batch"
DEFER_INDEXES: Final = "pipeline/1_normalise/defer_indexes.sql"
WAITING_ROWS: Final = "pipeline/2_prepare/waiting_rows.sql"


class SmallBatch(BaseOperator, SkipMixin):
    """Carries out the steps that follow it, and skips their tasks, if no more than `MOST_ROWS` rows wait.

    These are all tasks downstream that run only after a success of those before them. The steps that read the sources
    come first, two at a time; then it is known how many rows wait. With more to do, every step is left to its task; to
    read once more what was read finds nothing new. A first run, and one that evaluates every record, are left to the
    tasks at once. A step that is mapped over partitions processes all keys at once here, and has one row in
    `ops.run_steps`. A repetition carries out all steps again: each may be repeated.

    Args:
        opened_run: The run, as `open_run` returned it.
        reading: Task ids of the steps that read the sources, in stages: those of one stage do not need one another.
    """

    template_fields = ("opened_run",)

    def __init__(self, *, opened_run: Any, reading: Sequence[Collection[str]], **kwargs: Any) -> None:
        super().__init__(task_id=TASK_ID, **kwargs)
        self.opened_run = opened_run
        self.reading = [list(stage) for stage in reading]

    def execute(self, context: Any) -> dict[str, int]:
        """Carry out the steps, or leave them to their tasks; returns how many rows wait, at most one above the limit.

        Raises:
            ControlTowerError: what a step raises.
            DownstreamTasksSkipped: to Airflow, when the steps were carried out.
        """
        waiting, steps = self.work_off(context["dag"], int(self.opened_run))
        if steps:
            self.skip(ti=context["ti"], tasks=steps)
        return {"waiting": waiting}

    def work_off(self, dag: Any, run_id: int) -> tuple[int, list[Any]]:
        """Carry out the steps that follow in the DAG if few rows wait; returns how many wait, and the steps.

        Raises:
            ControlTowerError: what a step raises.
        """
        following = {task.task_id for task in self.get_flat_relatives(upstream=False)}
        steps = [
            task
            for task in dag.topological_sort()
            if task.task_id in following and task.trigger_rule == TriggerRule.ALL_SUCCESS
        ]
        read = {task_id for stage in self.reading for task_id in stage}
        with step_session() as connection:
            waiting = _waiting_rows(connection, run_id)
            if waiting <= MOST_ROWS:
                for stage in self.reading:
                    map_in_parallel(connection, partial(_carry_out_in, run_id), list(map(dag.get_task, stage)))
                waiting = _waiting_rows(connection, run_id)
            else:
                execute_file(connection, DEFER_INDEXES, {})
            if waiting > MOST_ROWS:
                log.info("More than %s rows wait: each step is a task.", f"{MOST_ROWS:,}")
                return waiting, []
            log.info("%s rows wait: this task carries out all %s steps.", f"{waiting:,}", len(steps))
            with shared_session(connection):
                for step in steps:
                    if step.task_id not in read:
                        log.info("%s …", step.task_id)
                        carry_out(step, run_id)
        return waiting, steps


def _waiting_rows(connection: psycopg.Connection[Any], run_id: int) -> int:
    return int(fetch_one(connection, read_sql(WAITING_ROWS), {"run_id": run_id, "most": MOST_ROWS})[0])


def _carry_out_in(run_id: int, connection: psycopg.Connection[Any], step: Any) -> None:
    with shared_session(connection):
        carry_out(step, run_id)
