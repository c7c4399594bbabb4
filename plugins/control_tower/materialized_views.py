"""Materialised views that are built on our tables: refreshed at the end of a run, in the order of their dependence."""

from __future__ import annotations

import logging
import time
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from control_tower.database import explain, fetch_one, read_sql
from control_tower.errors import RefreshFailed
from control_tower.parallel import map_in_parallel

log = logging.getLogger(__name__)

PATIENCE_MS = 100
"""How long a view without rows waits for those who hold it open, in milliseconds."""


class Dependent(NamedTuple):
    """A materialised view that reads our tables, directly or through other views.

    At most `depth` views lie between it and the tables; it reads only views of less depth. A new one has never held a
    row, nor been refreshed by a run. Readers may go on while a concurrent one is refreshed. `writes_seen` is a digest
    of how much had been written to the tables that it reads; an unchanged one would stay the same.
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
        """Schema and name, as people write them."""
        return f"{self.schema_name}.{self.view_name}"


def refresh_materialised_views(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Refresh every materialised view that depends on our tables, readers undisturbed where a unique index allows it.

    Each view is its own transaction: one that fails does not hold up the others. Two that do not read each other are
    refreshed side by side. A view whose tables nobody wrote to since its last refresh is left alone until the next day
    begins.

    Returns:
        `views`: how many were refreshed; `unchanged`: how many would be the same.

    Raises:
        RefreshFailed: names the views that could not be refreshed, and why; the others are fresh.
    """
    with connection.cursor(row_factory=class_row(Dependent)) as cursor:
        views = cursor.execute(read_sql("jobs/dependent_materialized_views.sql"), {"run_id": run_id}).fetchall()
    unchanged = [view for view in views if view.is_unchanged]
    for view in unchanged:
        log.info("%s would be the same", view.name)
    stale = [view for view in views if not view.is_unchanged]
    problems: list[str | None] = []
    for _, of_one_depth in groupby(stale, key=lambda view: view.depth):
        problems += map_in_parallel(connection, partial(_refresh, run_id=run_id), list(of_one_depth))
    failures = [problem for problem in problems if problem]
    if failures:
        raise RefreshFailed(failures)
    return {"views": len(stale), "unchanged": len(unchanged)}


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
    """Refresh one view beside its readers, where that is possible.

    One that has never held a row has nothing to show to a reader: it is filled in half the time, since there is nothing
    to compare with. Where somebody holds it open all the same, it is filled beside them.
    """
    plainly, beside_readers = (
        sql.SQL("refresh materialized view {} {}").format(
            sql.SQL(how), sql.Identifier(view.schema_name, view.view_name)
        )
        for how in ("", "concurrently")
    )
    if view.is_concurrent and view.is_new:
        patience = "select set_config('lock_timeout', %s, true)"
        (usual,) = fetch_one(connection, "select current_setting('lock_timeout')")
        try:
            with connection.transaction():
                connection.execute(patience, [f"{PATIENCE_MS}ms"])
                connection.execute(plainly)
                connection.execute(patience, [usual])
        except psycopg.errors.LockNotAvailable:
            log.info("%s is being read", view.name)
        else:
            return
    connection.execute(beside_readers if view.is_concurrent else plainly)
