"""Materialised views that are built on our tables: refreshed at the end of a run, in the order of their dependence."""

from __future__ import annotations

import logging
import time
from typing import Any

import psycopg
from psycopg import sql

from control_tower.database import explain, read_sql
from control_tower.errors import RefreshFailed

log = logging.getLogger(__name__)


def refresh_materialised_views(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Refresh every materialised view that depends on our tables, readers undisturbed where a unique index allows it.

    Each view is its own transaction: one that fails does not hold up the others. A view whose tables nobody wrote
    to since its last refresh is left alone until the next day begins.

    Args:
        connection: Session in autocommit.
        run_id: The run.

    Returns:
        `views`: how many were refreshed; `unchanged`: how many would be the same.

    Raises:
        RefreshFailed: names the views that could not be refreshed, and why; the others are fresh.
    """
    views = connection.execute(read_sql("0_run/dependent_materialised_views.sql"), {"run_id": run_id}).fetchall()
    failures: list[str] = []
    refreshed = unchanged = 0
    for schema, name, is_concurrent, writes_seen, is_unchanged in views:
        if is_unchanged:
            log.info("%s.%s would be the same", schema, name)
            unchanged += 1
            continue
        started = time.perf_counter()
        statement = sql.SQL("refresh materialized view {} {}").format(
            sql.SQL("concurrently" if is_concurrent else ""), sql.Identifier(schema, name)
        )
        try:
            with connection.transaction():
                connection.execute(read_sql("0_run/hold.sql"), {"run_id": run_id})
                connection.execute(statement)
                seconds = time.perf_counter() - started
                connection.execute(
                    read_sql("0_run/record_refresh.sql"),
                    {
                        "run_id": run_id,
                        "view_name": f"{schema}.{name}",
                        "writes_seen": writes_seen,
                        "seconds": round(seconds, 3),
                    },
                )
        except psycopg.Error as error:
            failures.append(f"{schema}.{name}: {explain(error, connection).problem}")
            log.exception("%s.%s was not refreshed", schema, name)
            continue
        refreshed += 1
        log.info("%s.%s refreshed in %.2f s", schema, name, seconds)
    if failures:
        raise RefreshFailed(failures)
    return {"views": refreshed, "unchanged": unchanged}
