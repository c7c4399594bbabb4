"""One run of ingestion by several processes, and the floor: what plain statements need to write the same rows."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import Any

import psycopg
from psycopg import sql

from control_tower import runs
from control_tower.database import SQL_DIR, split_statements
from control_tower.settings import get_settings
from devtools.benchmark.pipeline_steps import load_dag, run_step, step_names
from devtools.demo.load import LoadableFleet, load_fleet

DAG = "identity_ingestion"
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
    load_dag(DAG)
    for file in (SQL_DIR / "pipeline").rglob("*.sql"):
        split_statements(file.read_text())
    all_ready.wait()


def _run_step(step: str, run_id: int) -> tuple[str, float]:
    began = time.perf_counter()
    run_step(DAG, step, run_id)
    return step, time.perf_counter() - began


def run(workers: ProcessPoolExecutor) -> tuple[float, dict[str, float]]:
    """One run; each step starts when a worker is free and the steps before it are done.

    Returns:
        Seconds from the first step to the last, and seconds per step.
    """
    dag, left = load_dag(DAG), step_names(DAG)
    needs = {step: dag.get_task(step).upstream_task_ids & set(left) for step in left}
    run_id = runs.open_run("identity_run", runs.Scope())
    seconds: dict[str, float] = {}
    taken: set[Future[tuple[str, float]]] = set()
    began = time.perf_counter()
    while left or taken:
        for step in [step for step in left if needs[step] <= seconds.keys()][: WORKERS - len(taken)]:
            left.remove(step)
            taken.add(workers.submit(_run_step, step, run_id))
        done, taken = wait(taken, return_when=FIRST_COMPLETED)
        seconds |= dict(step_done.result() for step_done in done)
    elapsed = time.perf_counter() - began
    runs.close_run(run_id, runs.steps_of(dag))
    return elapsed, seconds


def floor(connection: psycopg.Connection[Any]) -> tuple[float, int]:
    """Seconds to write what a run left behind by plain statements, one after another, into tables with equal indexes.

    Returns:
        Seconds, and how many rows.
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
    return seconds, rows
