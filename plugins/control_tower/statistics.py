"""Statistics for PostgreSQL's planner: gathered where they could change its mind, from no more rows than that takes."""

from __future__ import annotations

import re
from typing import Any, Final

import psycopg

from control_tower.database import fetch_one, read_sql

ANALYSE: Final = "analyze "
"""How a statement begins that gathers statistics."""

WORTH_ANALYSING: Final = 500
"""Rows touched from which statistics are gathered; fewer do not change the planner's mind."""

WORTH_ANALYSING_SHARE: Final = 0.1
"""Share of a table that keeps its rows from which they are: the one of PostgreSQL's own autovacuum
(`autovacuum_analyze_scale_factor`), which comes too late for the next step of a run."""

WORKING_TARGET: Final = 30
"""Statistics target of working tables (PostgreSQL samples 300 rows for each of it; 100 is usual). They are only joined
by keys, and an estimate that is wrong by a tenth leads to the same plans."""


_WRITES = re.compile(r"(?:insert into|update|delete from|create temporary table)\s+([\w.]+)")


def written_table(statement: str) -> str:
    """The table that a statement writes, as it names it; empty where its beginning does not tell."""
    found = _WRITES.match(statement)
    return found[1] if found else ""


def analysed_table(statement: str) -> str:
    """The table of an `analyze` statement, as it names it."""
    return statement.removeprefix(ANALYSE).partition("(")[0].strip(" ;\n")


def gather_statistics(connection: psycopg.Connection[Any], statement: str, touched: int) -> bool:
    """Run an `analyze` statement of one table if it is worth its time, and return whether it was.

    At most `touched` rows were written since its statistics were gathered. A working table needs a transaction, or it
    is sampled as the others are.
    """
    if touched < WORTH_ANALYSING:
        return False
    asked = {"table": analysed_table(statement)}
    is_working, known_rows = fetch_one(connection, read_sql("jobs/table_to_analyse.sql"), asked)
    if is_working:
        connection.execute("select set_config('default_statistics_target', %s, true)", [str(WORKING_TARGET)])
    elif touched < WORTH_ANALYSING_SHARE * known_rows:
        return False
    connection.execute(statement)
    if is_working:
        connection.execute("set local default_statistics_target to default")
    return True
