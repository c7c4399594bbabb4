"""One run of a pipeline by several processes, and the floor: what plain statements need to write the same rows."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import Any

import psycopg
from psycopg import sql

from control_tower import database, runs
from control_tower.database import SQL_DIR, split_statements
from control_tower.jobs import DAG_OF_JOB
from control_tower.partitions import partitions_of_settings
from control_tower.settings import get_settings
from control_tower.small_batch import TASK_ID as SMALL_BATCH
from devtools.benchmark.pipeline_steps import load_dag, names_of, run_step
from devtools.demo.load import LoadableFleet, load_fleet

DAG = "identity_ingestion"
REFRESH = "scout_attribution_refresh"
WORKERS = 2
WRITTEN = (
    ("canon", "drivers_index"),
    ("canon", "records_index"),
    ("canon", "identity_registry"),
    ("canon", "identity_links"),
    ("canon", "identity_unmatched"),
    ("observational", "lead_events"),
)
"""The tables in which a run leaves its rows, each after those that it refers to."""


@dataclass
class Run:
    """What one run took; steps by the ids of their tasks, those of a small batch under its one task."""

    seconds: float = 0.0
    """From before the run is opened until it is closed."""
    steps: dict[str, float] = field(default_factory=dict)
    """Seconds per step, in the order in which they ended."""
    began: dict[str, float] = field(default_factory=dict)
    """When each step was handed to a worker, in seconds after the first."""

    def span(self, *groups: str) -> float:
        """Seconds from the beginning of the first step of these task groups to the end of the last one.

        Of a small batch, whose steps are one task: those of all its steps.
        """
        within = [step for step in self.steps if step.split(".", 1)[0] in groups] or list(self.steps)
        return max(self.began[step] + self.steps[step] for step in within) - min(map(self.began.__getitem__, within))


def prepare(connection: psycopg.Connection[Any], fleet: LoadableFleet) -> None:
    """Load a fleet, and vacuum, analyse and checkpoint the database as it would have been by the next day."""
    load_fleet(connection, fleet, report=lambda _: None)
    connection.execute("vacuum analyze")
    connection.execute("checkpoint")
    os.environ["CONTROL_TOWER_TARGET_PARK_ID"] = fleet.target_park_id
    get_settings.cache_clear()


@contextmanager
def worker_processes() -> Iterator[ProcessPoolExecutor]:
    """Processes that have imported Airflow and split the SQL files: neither counts as time of the database."""
    context = get_context("spawn")
    all_ready = (context.Barrier(WORKERS),)
    with ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_initialise, initargs=all_ready) as workers:
        wait([workers.submit(os.getpid) for _ in range(WORKERS)])
        yield workers


def _initialise(all_ready: Barrier) -> None:
    logging.disable(logging.WARNING)
    for dag_id in (DAG, REFRESH):
        load_dag(dag_id)
    for file in (SQL_DIR / "pipeline").rglob("*.sql"):
        split_statements(file.read_text())
    all_ready.wait()


def _run_step(dag_id: str, step: str, run_id: int) -> tuple[str, float, list[str]]:
    """Run a step; also returns the steps that it carried out with it."""
    began = time.perf_counter()
    with_it: list[str] = []
    if _is_small_batch(step):
        dag = load_dag(dag_id)
        with_it = [task.task_id for task in dag.get_task(step).work_off(dag, run_id)[1]]
    else:
        run_step(dag_id, step, run_id)
    return step, time.perf_counter() - began, with_it


def _is_small_batch(task_id: str) -> bool:
    return task_id.rsplit(".", 1)[-1] == SMALL_BATCH


def _tasks(dag_id: str, partition_count: int) -> dict[str, list[str]]:
    """The tasks of a DAG that work on an open run, in order, each with its steps; a small batch stands for itself."""
    tasks = load_dag(dag_id).topological_sort()
    within = [task for task in tasks if _is_small_batch(task.task_id) or task.task_id not in runs.NO_STEPS]
    return {task.task_id: names_of(task, partition_count) for task in within}


def run(workers: ProcessPoolExecutor, dag_id: str = DAG) -> Run:
    """One run; each step starts when a worker is free and the steps before it are done.

    With few rows waiting, one worker carries out the steps of a small batch, as in Airflow (ADR 40).
    """
    dag = load_dag(dag_id)
    job_type = next(job for job, of_job in DAG_OF_JOB.items() if of_job == dag_id)
    database.connect().close()  # the parent, too, has imported what opens a session
    measured, done = Run(), set[str]()
    taken: set[Future[tuple[str, float, list[str]]]] = set()
    began = time.perf_counter()
    run_id = runs.open_run(job_type, runs.Scope())
    opened = time.perf_counter()
    steps = _tasks(dag_id, partitions_of_settings(get_settings()))
    left = [step for of_task in steps.values() for step in of_task]
    needs: Mapping[str, set[str]] = {
        step: {before for other in dag.get_task(task).upstream_task_ids & steps.keys() for before in steps[other]}
        for task, of_task in steps.items()
        for step in of_task
    }
    while left or taken:
        for step in [step for step in left if needs[step] <= done][: WORKERS - len(taken)]:
            left.remove(step)
            measured.began[step] = time.perf_counter() - opened
            taken.add(workers.submit(_run_step, dag_id, step, run_id))
        ended, taken = wait(taken, return_when=FIRST_COMPLETED)
        for step, seconds, with_it in (one.result() for one in ended):
            measured.steps[step] = seconds
            done |= {step, *(one for task in with_it for one in steps[task])}
            left = [other for other in left if other not in done]
    runs.close_run(run_id, runs.steps_of(dag))
    measured.seconds = time.perf_counter() - began
    return measured


def floor(connection: psycopg.Connection[Any]) -> tuple[float, int]:
    """Seconds to write what a run left behind by plain statements, one after another, into tables with equal indexes.

    Returns:
        Seconds, and how many rows. The tables are gone afterwards.
    """
    connection.execute("create schema floor")
    seconds, rows = 0.0, 0
    for schema, table in WRITTEN:
        source, target = sql.Identifier(schema, table), sql.Identifier("floor", table)
        connection.execute(sql.SQL("create table {} (like {} including all)").format(target, source))
        connection.execute("checkpoint")
        began = time.perf_counter()
        cursor = connection.execute(sql.SQL("insert into {} select * from {}").format(target, source))
        seconds += time.perf_counter() - began
        rows += cursor.rowcount
    for _, table in WRITTEN:
        connection.execute(sql.SQL("drop table {}").format(sql.Identifier("floor", table)))
    connection.execute("drop schema floor")
    return seconds, rows
