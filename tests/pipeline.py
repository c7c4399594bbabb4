"""Run a pipeline's DAG step by step in this process, without a scheduler: the same files, functions and order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

import psycopg

from control_tower import operators, pipeline_steps, runs
from control_tower.partitions import partitions_of_settings
from control_tower.settings import get_settings
from devtools.benchmark.pipeline_steps import DAGS, load_dag, run_step

__all__ = ["DAGS", "attribute", "ingest", "load_dag", "run_step", "step_names"]

PARTITIONS = 2
"""Of a run in tests, unless one sets another number."""


def step_names(dag_id: str, partition_count: int | None = PARTITIONS) -> list[str]:
    """The steps of a run whose tasks divide them, or, without a number of partitions, of a small batch."""
    return pipeline_steps.step_names(dag_id, partition_count)


def ingest(*, until: str | None = None, before_step: Callable[[str], None] | None = None, **scope: Any) -> int:
    """One run of identity_ingestion; returns its id.

    Args:
        until: Name of the last step to run; the run is left RUNNING there, as a crash would.
        before_step: Called with the name of each step before it starts.
        scope: Fields of `runs.Scope`.
    """
    run_id = runs.open_run("identity_run", runs.Scope(**scope))
    return _run("identity_ingestion", run_id, until, before_step)


def attribute(*, until: str | None = None, before_step: Callable[[str], None] | None = None) -> int:
    """One run of scout_attribution_refresh; arguments as `ingest`."""
    return _run("scout_attribution_refresh", runs.open_run("scout_attribution_refresh"), until, before_step)


@contextmanager
def one_session() -> Iterator[None]:
    """The steps share a session: with one each, as in Airflow, reading the catalogue costs more than a test's rows."""
    with operators.step_session() as session:

        def share() -> nullcontext[psycopg.Connection[Any]]:
            session.execute("select pg_stat_force_next_flush()")  # as the end of each step's own session does
            return nullcontext(session)

        with patch.object(operators, "step_session", share):
            yield


def _run(dag_id: str, run_id: int, until: str | None, before_step: Callable[[str], None] | None) -> int:
    # before the session is shared: a module that is imported meanwhile would keep it
    steps = step_names(dag_id, partitions_of_settings(get_settings()))
    with nullcontext() if before_step else one_session():  # a test that looks in between may end the session
        for task_id in steps:
            if before_step:
                before_step(task_id)
            run_step(dag_id, task_id, run_id)
            if until is not None and task_id.endswith(until):
                return run_id
    runs.close_run(run_id, runs.steps_of(load_dag(dag_id)))
    return run_id
