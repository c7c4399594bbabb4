"""Loads a demo fleet into the source tables, with the truth beside it in schema `demo`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from control_tower.database import explain
from control_tower.errors import ControlTowerError
from devtools.demo.fleet import SOURCE_COLUMNS, TRUTH_DRIVER_COLUMNS, TRUTH_RECORD_COLUMNS, TRUTH_SCOUT_COLUMNS, Fleet
from devtools.demo.sql_files import read_sql


class DemoRefused(ControlTowerError):
    """The database holds rows that the demo did not write; nothing was changed."""


@dataclass(frozen=True)
class FleetLoadReport:
    """What a load wrote."""

    fleet: str
    """Name of the fleet (`Fleet.name`)."""
    row_counts: dict[str, int]
    """Rows written per table: source tables by their bare name, truth tables as `demo.…`."""
    is_replacement: bool
    """True when an earlier demo load was taken out first."""
    seconds: float
    """Duration of the load, in seconds."""

    @property
    def total_rows(self) -> int:
        """Rows written to all tables."""
        return sum(self.row_counts.values())


def load_fleet(connection: psycopg.Connection[Any], fleet: Fleet, *, report: Callable[[str], None]) -> FleetLoadReport:
    """COPY a fleet, or a portion of one, into the source tables in `public` and the truth into `demo`.

    One transaction: all of it or nothing. Other portions of the same fleet that are there already stay; any
    other demo load is taken out first. What the pipeline has made of earlier rows (canon, observational, ops)
    is not touched.

    Args:
        connection: A session on a database that migrate_schema has prepared, which may write to `public`.
        fleet: What to load.
        report: Called with one line of text per table.

    Raises:
        DemoRefused: A source table holds rows that the demo did not write.
        ObjectMissing: A source table does not exist.
        ControlTowerError: The database refused a statement.
    """
    started = perf_counter()
    try:
        with connection.transaction():
            # Two loads at once would each find the tables empty.
            connection.execute("select pg_advisory_xact_lock(hashtext('devtools.demo.load'))")
            connection.execute(read_sql("tables.sql"))
            _refuse_foreign_rows(connection)
            is_replacement = _make_room(connection, fleet)
            counts = {
                table: _copy(connection, sql.Identifier("public", table), columns, fleet.rows(table), report)
                for table, columns in SOURCE_COLUMNS.items()
            }
            _record(connection, fleet, counts)
            counts |= _copy_truth(connection, fleet, report)
            connection.execute(read_sql("advance_sequences.sql"))
            for table in SOURCE_COLUMNS:
                connection.execute(sql.SQL("analyze {}").format(sql.Identifier("public", table)))
    except psycopg.Error as error:
        raise explain(error, connection) from error
    return FleetLoadReport(fleet.name, counts, is_replacement, perf_counter() - started)


def _refuse_foreign_rows(connection: psycopg.Connection[Any]) -> None:
    foreign: list[tuple[str, int]] = connection.execute(read_sql("foreign_rows.sql")).fetchall()
    if foreign:
        tables = ", ".join(f"public.{table} ({count})" for table, count in foreign)
        raise DemoRefused(
            f"Source tables hold rows that no demo load wrote: {tables}. The demo replaces all rows of "
            "these tables, so it was not loaded and nothing was changed.",
            "load the demo into a database of its own; or, if these rows are only trials, empty the tables "
            "yourself first.",
        )


def _make_room(connection: psycopg.Connection[Any], fleet: Fleet) -> bool:
    """Take an earlier load out, unless it is other portions of this fleet. True when one was taken out."""
    loads = connection.execute("select fleet, portion, portions from demo.loads").fetchall()
    belong_together = all(
        name == fleet.name and portions == fleet.portions and portion != fleet.number
        for name, portion, portions in loads
    )
    if belong_together:
        return False
    connection.execute(read_sql("empty.sql"))
    return True


def _record(connection: psycopg.Connection[Any], fleet: Fleet, counts: dict[str, int]) -> None:
    connection.execute(
        "insert into demo.loads (fleet, portion, portions, row_counts) values (%s, %s, %s, %s)",
        (fleet.name, fleet.number, fleet.portions, Jsonb(counts)),
    )


def _copy_truth(connection: psycopg.Connection[Any], fleet: Fleet, report: Callable[[str], None]) -> dict[str, int]:
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
    # A scout may claim one person in several rows, and in several portions.
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
