"""Loads a fleet into the source tables, with the truth beside it in schema `demo`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Protocol

import psycopg
from psycopg import sql

from control_tower.driver_errors import explain
from devtools.demo.fleet import SOURCE_COLUMNS, TRUTH_DRIVER_COLUMNS, TRUTH_RECORD_COLUMNS, TRUTH_SCOUT_COLUMNS
from devtools.demo.sql_files import read_sql


class LoadableFleet(Protocol):
    """What a load reads, each stream once; `devtools.demo.fleet.Fleet` is one."""

    @property
    def target_park_id(self) -> str:
        """The value for CONTROL_TOWER_TARGET_PARK_ID."""

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Rows of a source table, with the columns that `SOURCE_COLUMNS` names for it."""

    def truth_records(self) -> Iterator[tuple[str, str, int | None]]:
        """Source table, key and human of each record; None: it identifies nobody."""

    def truth_drivers(self) -> Iterator[tuple[str, int]]:
        """Driver account and human."""

    def truth_scouts(self) -> Iterator[tuple[int, int]]:
        """Human and scout, for every claim."""


@dataclass(frozen=True)
class FleetLoadReport:
    """What a load wrote."""

    row_counts: dict[str, int]
    """Rows written per table: source tables by their bare name, truth tables as `demo.…`."""
    seconds: float
    """Duration of the load, in seconds."""

    @property
    def total_rows(self) -> int:
        """Rows written to all tables."""
        return sum(self.row_counts.values())


def load_fleet(
    connection: psycopg.Connection[Any], fleet: LoadableFleet, *, report: Callable[[str], None]
) -> FleetLoadReport:
    """COPY a fleet into the source tables in `public` and the truth into `demo`.

    One transaction: all of it or nothing. Rows are only added.

    Args:
        connection: A session on a database that migrate_schema has prepared, which may write to `public`.
        fleet: What to load.
        report: Called with one line of text per table.

    Raises:
        ObjectMissing: A source table does not exist.
        ControlTowerError: The database refused a statement.
    """
    started = perf_counter()
    try:
        with connection.transaction():
            connection.execute(read_sql("tables.sql"))
            counts = {
                table: _copy(connection, sql.Identifier("public", table), columns, fleet.rows(table), report)
                for table, columns in SOURCE_COLUMNS.items()
            }
            counts |= _copy_truth(connection, fleet, report)
            connection.execute(read_sql("advance_sequences.sql"))
            for table in SOURCE_COLUMNS:
                connection.execute(sql.SQL("analyze {}").format(sql.Identifier("public", table)))
    except psycopg.Error as error:
        raise explain(error, connection) from error
    return FleetLoadReport(counts, perf_counter() - started)


def _copy_truth(
    connection: psycopg.Connection[Any], fleet: LoadableFleet, report: Callable[[str], None]
) -> dict[str, int]:
    counts = {
        "demo.truth_records": _copy(
            connection,
            sql.Identifier("demo", "truth_records"),
            TRUTH_RECORD_COLUMNS,
            fleet.truth_records(),
            report,
        ),
        "demo.truth_drivers": _copy(
            connection,
            sql.Identifier("demo", "truth_drivers"),
            TRUTH_DRIVER_COLUMNS,
            fleet.truth_drivers(),
            report,
        ),
    }
    # A scout may claim one person in several rows.
    connection.execute("create temporary table demo_claims (human_id bigint, scout_id integer) on commit drop")
    claims = sql.Identifier("demo_claims")
    _copy(connection, claims, TRUTH_SCOUT_COLUMNS, fleet.truth_scouts(), lambda _: None)
    written = connection.execute(
        "insert into demo.truth_scouts (human_id, scout_id) "
        "select distinct human_id, scout_id from demo_claims on conflict do nothing"
    )
    counts["demo.truth_scouts"] = written.rowcount
    connection.execute("drop table demo_claims")
    return counts


def _copy(
    connection: psycopg.Connection[Any],
    table: sql.Identifier,
    columns: tuple[str, ...],
    rows: Iterable[tuple[Any, ...]],
    report: Callable[[str], None],
) -> int:
    """COPY rows into a table as they are made; the number of rows."""
    started = perf_counter()
    statement = sql.SQL("copy {} ({}) from stdin").format(table, sql.SQL(", ").join(map(sql.Identifier, columns)))
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    name = table.as_string(connection).replace('"', "")
    report(f"{name}: {count:,} rows in {perf_counter() - started:.1f} s")
    return count
