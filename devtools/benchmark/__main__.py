"""How long ingestion takes, against the floor: the same rows written by one plain INSERT … SELECT per table.

`make bench` runs it on a server of its own with the settings of the embedded one: a full run, then a run that finds
nothing new. Two processes take the steps of the DAG as Airflow's would, so that what is measured is the time of the
database, without Airflow's scheduling. Figures of different machines, and of one machine at different times, cannot be
compared; compare two versions of the code by running them in turns.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from control_tower import runs
from control_tower.database import SQL_DIR, split_statements
from control_tower.migrate import migrate
from control_tower.settings import get_settings
from devtools.demo.dataset import FleetSize
from devtools.demo.fleet import build_fleet
from devtools.demo.load import load_fleet
from devtools.local.embedded import EmbeddedServer, ensure_server
from tests.conftest import PROJECT  # gives Airflow a home of its own before it is imported
from tests.pipeline import load_dag, run_step, step_names

DAG = "identity_ingestion"
WORKERS = 2
OURS = ("CONTROL_TOWER_", "AIRFLOW_CONN_CONTROL_TOWER")
"""How the names of settings begin."""
DATABASE = "benchmark"
WRITTEN = (
    ("canon", "drivers_index"),
    ("canon", "records_index"),
    ("canon", "identity_registry"),
    ("canon", "identity_links"),
    ("canon", "identity_unmatched"),
    ("observational", "lead_events"),
)
"""The tables in which a run leaves its rows, each after those that it refers to."""


@contextmanager
def scratch_server() -> Iterator[EmbeddedServer]:
    """A server like the one of `make demo`, on a disk, which is gone afterwards."""
    state = PROJECT / ".control-tower"
    state.mkdir(exist_ok=True)
    server = ensure_server(Path(tempfile.mkdtemp(prefix="benchmark-", dir=state)))
    try:
        yield server
    finally:
        server.destroy()


def prepare(connection: psycopg.Connection[Any], size: FleetSize, seed: int) -> None:
    """Load a fleet, and let the database settle as it would have in a night."""
    fleet = build_fleet(size, seed=seed)
    load_fleet(connection, fleet, report=lambda _: None)
    connection.execute("vacuum analyze")
    connection.execute("checkpoint")
    os.environ["CONTROL_TOWER_TARGET_PARK_ID"] = fleet.target_park_id


@contextmanager
def worker_processes() -> Iterator[ProcessPoolExecutor]:
    """Processes that have done what is no time of the database: imported Airflow, and taken the SQL files apart."""
    context = get_context("spawn")
    # the tests' conftest, which each process imports, forgets them
    settings = {name: value for name, value in os.environ.items() if name.startswith(OURS)}
    ready = (settings, context.Barrier(WORKERS))
    with ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_get_ready, initargs=ready) as workers:
        wait([workers.submit(os.getpid) for _ in range(WORKERS)])
        yield workers


def _get_ready(settings: dict[str, str], all_are_ready: Barrier) -> None:
    os.environ.update(settings)
    logging.disable(logging.WARNING)
    load_dag(DAG)
    for file in (SQL_DIR / "pipeline").rglob("*.sql"):
        split_statements(file.read_text())
    all_are_ready.wait()


def _take(step: str, run_id: int) -> tuple[str, float]:
    began = time.perf_counter()
    run_step(DAG, step, run_id)
    return step, time.perf_counter() - began


def run(workers: ProcessPoolExecutor) -> tuple[float, dict[str, float]]:
    """One run, its steps taken by the workers as soon as the steps before them are done.

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
            taken.add(workers.submit(_take, step, run_id))
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


def main(arguments: list[str]) -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="driver accounts; as many leads, half as many rows")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    size = FleetSize(given.size, given.size, given.size // 2, given.size // 20, trip_days=0)
    logging.disable(logging.WARNING)
    with scratch_server() as server:
        server.create_database(DATABASE)
        migrate(server.uri(DATABASE))
        os.environ["AIRFLOW_CONN_CONTROL_TOWER"] = server.airflow_connection_uri(DATABASE)
        with psycopg.connect(server.uri(DATABASE), autocommit=True) as connection:
            prepare(connection, size, given.seed)
            get_settings.cache_clear()
            with worker_processes() as workers:
                full, steps = run(workers)
                again, _ = run(workers)
            plain, rows = floor(connection)
    print(f"{size.drivers:,} driver accounts, {size.cabinet_leads:,} leads, {size.scouting_rows:,} scouting rows\n")
    for step, seconds in steps.items():
        print(f"  {step.replace('.', ' › '):<45} {seconds:7.2f} s")
    print(f"\nfull run           {full:7.2f} s with {WORKERS} workers")
    print(f"nothing new        {again:7.2f} s")
    print(f"floor              {plain:7.2f} s to write the same {rows:,} rows, one statement per table")
    print(f"full run / floor   {full / plain:7.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
