"""Statistics for PostgreSQL's planner, gathered only where they can change a plan (ADR 16)."""

from __future__ import annotations

import re
from typing import Any, Final

import psycopg

from control_tower.database import fetch_one, read_sql

ANALYSE: Final = "analyze "
"""Beginning of a statement that gathers statistics."""

WORTH_ANALYSING: Final = 500
"""Written rows from which statistics are gathered."""

WORTH_ANALYSING_SHARE: Final = 0.1
"""Written share of a permanent table from which they are: that of autovacuum (`autovacuum_analyze_scale_factor`),
which would come too late for the next step of a run."""

TARGET: Final = 30
"""Statistics target (PostgreSQL samples 300 rows per unit; its default is 100). Tables are joined by keys: a rougher
estimate leads to the same plans, in a third of the time."""


_WRITES = re.compile(r"(?:insert into|update|delete from|create temporary table)\s+([\w.]+)")


def written_table(statement: str) -> str:
    """The table that a statement writes, as named in it; empty if the statement does not begin with it."""
    found = _WRITES.match(statement)
    return found[1] if found else ""


def analysed_table(statement: str) -> str:
    """The table of an `analyze` statement, as it names it."""
    return statement.removeprefix(ANALYSE).partition("(")[0].strip(" ;\n")


def analysed_columns(statement: str) -> list[str]:
    """The columns of an `analyze` statement; none: all of them."""
    columns = statement.partition("(")[2].rpartition(")")[0]
    return [name.strip() for name in columns.split(",") if name.strip()]


def gather_statistics(connection: psycopg.Connection[Any], statement: str, written: int) -> bool:
    """Run an `analyze` statement of one table if it is worth its time, and return whether it was.

    `written` is the largest possible number of rows written since the last time. The smaller sample needs an open
    transaction.
    """
    if written < WORTH_ANALYSING:
        return False
    asked = {"table": analysed_table(statement)}
    is_working, known_rows, may_analyse = fetch_one(connection, read_sql("jobs/table_to_analyse.sql"), asked)
    if not is_working and written < WORTH_ANALYSING_SHARE * known_rows:
        return False
    connection.execute("select set_config('default_statistics_target', %s, true)", [str(TARGET)])
    if may_analyse:
        connection.execute(statement)
    else:
        connection.execute("select ops.analyse_table(%s, %s)", [asked["table"], analysed_columns(statement)])
    connection.execute("set local default_statistics_target to default")
    return True
