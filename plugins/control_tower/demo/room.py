"""Whether a database may be taken for the demo, and how it is made ready: by whom nothing of others is ever lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

from control_tower.database import describe, explain, read_sql
from control_tower.demo.fleet import SOURCE_COLUMNS, Fleet
from control_tower.demo.load import DemoRefused, FleetLoadReport, load_fleet

NEXT = (
    "give the demo a database of its own: unset AIRFLOW_CONN_CONTROL_TOWER, and it uses the one in this folder; "
    "if that is the one that is meant, `make clean` empties it."
)


def refuse_inhabited_database(connection: psycopg.Connection[Any]) -> None:
    """Refuse a database in which somebody else lives, before anything is created or changed.

    A database belongs to the demo when a demo load is recorded in it, or when there is no row in any table that the
    demo and the pipeline would fill.

    Raises:
        DemoRefused: there are rows, and no demo load.
        ControlTowerError: the database refused a statement.
    """
    try:
        if _has_demo_load(connection):
            return
        inhabited = [
            f"{schema}.{table}"
            for schema, table in [*(("public", table) for table in SOURCE_COLUMNS), *tables_of_results(connection)]
            if _has_rows(connection, schema, table)
        ]
    except psycopg.Error as error:
        raise explain(error, connection) from error
    if inhabited:
        raise DemoRefused(
            f"The demo was not loaded and nothing was changed: {describe(connection)} has rows that no demo wrote, "
            f"in {', '.join(inhabited)}.",
            NEXT,
        )


def replace_fleet(
    connection: psycopg.Connection[Any], fleet: Fleet, *, report: Callable[[str], None]
) -> FleetLoadReport:
    """Load a fleet in place of an earlier one, and take out what the pipeline had made of that one.

    One transaction: all of it or nothing. A run of the pipeline that is at work ends with its current step.

    Args:
        connection: a session on a database that migrate_schema has prepared.
        fleet: what to load.
        report: called with one line of text per table.

    Raises:
        DemoRefused: the database holds rows, or results, that are not the demo's.
        ControlTowerError: the database refused a statement.
    """
    try:
        with connection.transaction():
            connection.execute(read_sql("demo/tables.sql"))
            foreign = connection.execute(read_sql("demo/foreign_results.sql")).fetchall()
            if foreign:
                tables = ", ".join(f"{table} ({count:,})" for table, count in foreign)
                raise DemoRefused(
                    "The demo was not loaded and nothing was changed: there are results about records that no demo "
                    f"load wrote, in {tables}.",
                    NEXT,
                )
            connection.execute(read_sql("demo/reset.sql"))
            return load_fleet(connection, fleet, report=report)
    except psycopg.Error as error:
        raise explain(error, connection) from error


def tables_of_results(connection: psycopg.Connection[Any], *, only_lasting: bool = False) -> list[tuple[str, str]]:
    """Schema and name of every table in which the pipeline keeps its results or its work.

    Args:
        connection: a session.
        only_lasting: leave out those that hold the work of one run alone.
    """
    rows = connection.execute(read_sql("demo/tables_of_results.sql")).fetchall()
    return [(schema, table) for schema, table, is_lasting in rows if is_lasting or not only_lasting]


def _has_demo_load(connection: psycopg.Connection[Any]) -> bool:
    return _has_rows(connection, "demo", "loads")


def _has_rows(connection: psycopg.Connection[Any], schema: str, table: str) -> bool:
    """Whether there is such a table and a row in it."""
    known = connection.execute("select to_regclass(%s)", [f"{schema}.{table}"]).fetchone()
    if known is None or known[0] is None:
        return False
    statement = sql.SQL("select exists(select from {})").format(sql.Identifier(schema, table))
    row = connection.execute(statement).fetchone()
    return bool(row and row[0])
