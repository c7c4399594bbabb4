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

    Each view is its own transaction: one that fails does not hold up the others.

    Args:
        connection: Session in autocommit.
        run_id: The run.

    Returns:
        `views`: how many were refreshed.

    Raises:
        RefreshFailed: names the views that could not be refreshed, and why; the others are fresh.
    """
    views = connection.execute(read_sql("0_run/dependent_materialised_views.sql")).fetchall()
    failures: list[str] = []
    for schema, name, is_concurrent in views:
        started = time.perf_counter()
        statement = sql.SQL("refresh materialized view {} {}").format(
            sql.SQL("concurrently" if is_concurrent else ""), sql.Identifier(schema, name)
        )
        try:
            with connection.transaction():
                connection.execute(read_sql("0_run/hold.sql"), {"run_id": run_id})
                connection.execute(statement)
        except psycopg.Error as error:
            failures.append(f"{schema}.{name}: {explain(error, connection).problem}")
            log.exception("%s.%s was not refreshed", schema, name)
            continue
        log.info("%s.%s refreshed in %.2f s", schema, name, time.perf_counter() - started)
    if failures:
        raise RefreshFailed(failures)
    return {"views": len(views)}
