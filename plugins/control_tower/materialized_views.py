"""Refreshes the money views that are kept, then the database's own materialised views, in order of dependence."""

from __future__ import annotations

import logging
import time
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from control_tower.database import fetch_one, read_sql
from control_tower.driver_errors import explain
from control_tower.errors import RefreshFailed
from control_tower.parallel import map_in_parallel
from control_tower.payments.cabinet_claims import expect_claim_changes, refresh_cabinet_claims
from control_tower.sources import source_obstacles

log = logging.getLogger(__name__)

NEW_VIEW_LOCK_TIMEOUT_MS = 100
"""Longest wait for the readers of a view that never held a row, in milliseconds."""


class Dependent(NamedTuple):
    """A materialised view that reads our tables, directly or through other views.

    `depth` is the number of views between it and the tables. A new one has never held a row. A concurrent one has a
    unique index, so that readers are not blocked. `writes_seen` is a digest of the counters of the tables that it
    reads; an unchanged one need not be refreshed.
    """

    schema_name: str
    view_name: str
    depth: int
    is_concurrent: bool
    is_new: bool
    writes_seen: str
    is_unchanged: bool

    @property
    def name(self) -> str:
        """Schema and name."""
        return f"{self.schema_name}.{self.view_name}"


def refresh_materialised_views(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Bring the money views that are kept up to date, then refresh each materialised view that depends on our tables.

    A view is refreshed concurrently where a unique index allows it. Each view is a transaction of its own, so that a
    failure does not affect the others; views of equal depth are refreshed in parallel. A view whose tables have not
    been written to since is refreshed again only on the next day.

    Returns:
        `views`: how many were refreshed; `unchanged`: how many would be the same; and if rows of the kept views
        changed, `rows`: how many, `persons`: of how many persons they were derived (0: of all).

    Raises:
        RefreshFailed: names the views and tables that could not be refreshed, why, and source tables that cannot be
            read; the others are fresh.
    """
    expect_claim_changes(connection)
    kept = {"rows": 0}
    problems: list[str | None] = []
    try:
        with connection.transaction():
            connection.execute(read_sql("jobs/hold.sql"), {"run_id": run_id})
            kept = refresh_cabinet_claims(connection, run_id)
    except psycopg.Error as error:
        log.exception("The claims that are kept were not brought up to date")
        problems.append(f"canon.cabinet_claims: {explain(error, connection).problem}")
    with connection.cursor(row_factory=class_row(Dependent)) as cursor:
        views = cursor.execute(read_sql("jobs/dependent_materialized_views.sql"), {"run_id": run_id}).fetchall()
    unchanged = [view for view in views if view.is_unchanged]
    for view in unchanged:
        log.info("%s is unchanged", view.name)
    stale = [view for view in views if not view.is_unchanged]
    for _, of_one_depth in groupby(stale, key=lambda view: view.depth):
        problems += map_in_parallel(connection, partial(_refresh, run_id=run_id), list(of_one_depth))
    failures = [problem for problem in problems if problem]
    if failures:
        raise RefreshFailed([*failures, *map(str, source_obstacles(connection))])
    return {"views": len(stale), "unchanged": len(unchanged), **(kept if kept["rows"] else {})}


def _refresh(connection: psycopg.Connection[Any], view: Dependent, *, run_id: int) -> str | None:
    """Refresh one view; returns why it could not be."""
    started = time.perf_counter()
    try:
        with connection.transaction():
            connection.execute(read_sql("jobs/hold.sql"), {"run_id": run_id})
            _fill(connection, view)
            seconds = time.perf_counter() - started
            connection.execute(
                read_sql("jobs/record_refresh.sql"),
                {
                    "run_id": run_id,
                    "view_name": view.name,
                    "writes_seen": view.writes_seen,
                    "seconds": round(seconds, 3),
                },
            )
    except psycopg.Error as error:
        log.exception("%s was not refreshed", view.name)
        return f"{view.name}: {explain(error, connection).problem}"
    log.info("%s refreshed in %.2f s", view.name, seconds)
    return None


def _fill(connection: psycopg.Connection[Any], view: Dependent) -> None:
    """Refresh one view, concurrently if possible.

    A view that never held a row is filled without CONCURRENTLY, in half the time, unless it is locked by a reader.
    """
    if view.is_concurrent and view.is_new:
        set_timeout = "select set_config('lock_timeout', %s, true)"
        (usual,) = fetch_one(connection, "select current_setting('lock_timeout')")
        try:
            with connection.transaction():
                connection.execute(set_timeout, [f"{NEW_VIEW_LOCK_TIMEOUT_MS}ms"])
                _execute(connection, view, is_concurrent=False)
                connection.execute(set_timeout, [usual])
        except psycopg.errors.LockNotAvailable:
            log.info("%s is being read", view.name)
        else:
            return
    _execute(connection, view, is_concurrent=view.is_concurrent)


def _execute(connection: psycopg.Connection[Any], view: Dependent, *, is_concurrent: bool) -> None:
    """Refresh one view with the right of the user, or if that is missing with the right of the package's owner."""
    (has_right,) = fetch_one(
        connection, read_sql("jobs/may_refresh.sql"), {"schema_name": view.schema_name, "view_name": view.view_name}
    )
    if not has_right:
        refresh = "select ops.refresh_materialised_view(%s, %s, %s)"
        connection.execute(refresh, [view.schema_name, view.view_name, is_concurrent])
        return
    how = sql.SQL("concurrently" if is_concurrent else "")
    name = sql.Identifier(view.schema_name, view.view_name)
    connection.execute(sql.SQL("refresh materialized view {} {}").format(how, name))
