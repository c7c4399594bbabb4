"""Figures of one size of fleet: runs of both pipelines, statements and the health check, against the floor."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from psycopg import sql

from control_tower.decisions.transaction import Author
from control_tower.migrate import migrate
from control_tower.monitoring import health_check
from control_tower.payments.statements import close_liquidation_period
from devtools.benchmark import measure, splink_figures
from devtools.benchmark.figures import Figure
from devtools.benchmark.resources import Resources, database_bytes, watched
from devtools.benchmark.scratch import create_warehouse
from devtools.benchmark.splink_figures import Ours
from devtools.benchmark.touch import touch
from devtools.demo.dataset import FleetSize
from devtools.demo.fleet import build_fleet
from devtools.local.embedded import EmbeddedServer

FIRST, NOTHING_NEW, FLOOR = "first load", "nothing new", "floor"
LINKING = "linking alone"
LINKING_GROUPS = ("prepare", "match", "decide")
"""Task groups of linking alone: the rows are normalised before, and written afterwards."""
MILLION = 1_000_000
DAYS_OF_A_STATEMENT = 30
MEGABYTE = 1024**2


@dataclass
class Measured:
    """What the rounds of one size measured: a value per round, by name."""

    size: FleetSize
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    steps: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Seconds of the first load per step."""
    resources: dict[str, list[Resources]] = field(default_factory=lambda: defaultdict(list))
    rows: int = 0
    """Rows that the first load leaves."""
    database_bytes: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    ours: Ours | None = None
    """How well the first load linked, if its rows were exported."""

    @property
    def group(self) -> str:
        """The size in words; other sizes follow from it."""
        return f"{self.size.drivers:,} accounts"


def touched_name(count: int) -> str:
    """The figure of a run after so many drivers and leads changed."""
    return f"{count:,} drivers and leads touched"


def bar_of(name: str, drivers: int) -> float | None:
    """What a figure may take at most, as a multiple of the floor; None: no bar is set for it at this size."""
    if name == FIRST and drivers >= 100_000:
        return 2.5 if drivers >= MILLION else 2.8
    if drivers >= MILLION:
        return {NOTHING_NEW: 0.04, touched_name(1_000): 0.07}.get(name)
    return None


def measure_rounds(
    server: EmbeddedServer, database: str, size: FleetSize, *, seed: int, rounds: int, export: Path | None = None
) -> Measured:
    """Measure so many times, each in a new database; that of the last round stays, and is Airflow's connection.

    After the first load of each round, its normalised rows are exported into a folder, if one is given.
    """
    measured = Measured(size)
    for _ in range(rounds):
        with (
            suppress(psycopg.errors.InvalidCatalogName),
            psycopg.connect(server.uri("postgres"), autocommit=True) as maintenance,
        ):
            maintenance.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(database)))
        create_warehouse(server, database)
        migrate(server.uri(database))
        with psycopg.connect(server.uri(database), autocommit=True) as connection:
            measure.prepare(connection, build_fleet(size, seed=seed))
            measured.database_bytes["sources alone"].append(database_bytes(connection))
            measure_round(connection, measured, export)
    return measured


def measure_round(connection: psycopg.Connection[Any], measured: Measured, export: Path | None = None) -> None:
    """Measure one round on a loaded fleet; see `measure_rounds`."""
    with measure.worker_processes() as workers:
        first = _run(connection, workers, measured, FIRST)
        measured.seconds[LINKING].append(first.span(*LINKING_GROUPS))
        for step, seconds in first.steps.items():
            measured.steps[step].append(seconds)
        if export is not None:
            measured.ours = splink_figures.export(connection, export)
        seconds, measured.rows = measure.floor(connection)
        measured.seconds[FLOOR].append(seconds)
        # Nothing is left over from the first load, as on an installation at work.
        _run(connection, workers, measured, "attribution, first", measure.REFRESH)
        _run(connection, workers, measured, "persons of the attribution taken up")
        _run(connection, workers, measured, NOTHING_NEW)
        for number, share in enumerate((1_000, 100), start=1):
            count = max(measured.size.drivers // share, 1)
            touch(connection, count, round_number=number)
            _run(connection, workers, measured, touched_name(count))
        _run(connection, workers, measured, "attribution, nothing new", measure.REFRESH)
    _close_statements(connection, measured)
    for name in ("health check, first", "health check, again"):
        _timed(connection, measured, name, lambda: _check_health(connection))
    measured.database_bytes["with all results"].append(database_bytes(connection))


def _run(
    connection: psycopg.Connection[Any],
    workers: ProcessPoolExecutor,
    measured: Measured,
    name: str,
    dag_id: str = measure.DAG,
) -> measure.Run:
    connection.execute("checkpoint")
    with watched(connection) as taken:
        run = measure.run(workers, dag_id)
    measured.seconds[name].append(run.seconds)
    measured.resources[name].append(taken)
    return run


def _timed(connection: psycopg.Connection[Any], measured: Measured, name: str, work: Callable[[], object]) -> None:
    with watched(connection) as taken:
        began = time.perf_counter()
        work()
        measured.seconds[name].append(time.perf_counter() - began)
    measured.resources[name].append(taken)


def _close_statements(connection: psycopg.Connection[Any], measured: Measured) -> None:
    connection.execute("select pg_stat_force_next_flush()")
    row = connection.execute("select today from canon.local_today").fetchone()
    today: date = row[0] if row else date.today()  # noqa: DTZ011 - the view always has a row
    start, end = today - timedelta(days=DAYS_OF_A_STATEMENT), today - timedelta(days=1)
    for name, is_dry in (("closing statements, dry run", True), ("closing statements", False)):

        def close(is_dry: bool = is_dry) -> object:
            return close_liquidation_period(start, end, "Benchmark", author=Author("benchmark"), dry_run=is_dry)

        _timed(connection, measured, name, close)


def _check_health(connection: psycopg.Connection[Any]) -> None:
    """What the tasks `run_checks` and `update_alerts` of the health run do, without a channel for messages."""
    moment = health_check.clock(connection)
    with health_check.health_session() as session:
        health_check.run_all_checks(session, moment, configured={})
        health_check.update_alerts(session, moment, {})


def figures_of(measured: Measured) -> list[Figure]:
    """The figures of one size: seconds against the floor, then memory, temporary files and sizes."""
    group = measured.group
    floors = tuple(measured.seconds[FLOOR])
    timed = [
        Figure(
            group,
            name if name != FLOOR else f"floor: {measured.rows:,} rows, one statement per table",
            tuple(values),
            bases=() if name == FLOOR else floors,
            base=FLOOR,
            bar=bar_of(name, measured.size.drivers),
        )
        for name, values in measured.seconds.items()
    ]
    return [*timed, *_sizes(group, measured.resources, measured.database_bytes)]


def _sizes(group: str, resources: Mapping[str, list[Resources]], databases: Mapping[str, list[float]]) -> list[Figure]:
    taken = [one for rounds in resources.values() for one in rounds]
    first = resources[FIRST]
    return [
        Figure(group, "peak memory of a worker", (max(one.worker_bytes for one in taken) / MEGABYTE,), "MB"),
        Figure(group, "peak memory of a session", (max(one.backend_bytes for one in taken) / MEGABYTE,), "MB"),
        Figure(group, "temporary files, first load", tuple(one.temporary_bytes / MEGABYTE for one in first), "MB"),
        *(
            Figure(group, f"database size, {name}", (median(sizes) / MEGABYTE,), "MB")
            for name, sizes in databases.items()
        ),
    ]


def steps_table(measured: Measured) -> str:
    """Seconds of the first load per step: the median of the rounds."""
    lines = [f"  {step.replace('.', ' › '):<45} {median(values):7.2f} s" for step, values in measured.steps.items()]
    return "\n".join(lines)
