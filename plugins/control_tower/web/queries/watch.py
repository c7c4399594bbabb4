"""Queries of the pages of single sources and checks."""

from __future__ import annotations

from typing import Any

import psycopg

from control_tower.web.listing import database_of, ttl_cache
from control_tower.web.models.health import Check, CheckChange, Expectation, PastAlert, SourceDay
from control_tower.web.permissions import CurrentUser
from control_tower.web.personal_data import shown
from control_tower.web.queries import health
from control_tower.web.sql_files import execute_prepared

Connection = psycopg.Connection[dict[str, Any]]


def expectation(connection: Connection, source_name: str) -> Expectation | None:
    """What is expected of a source; None: no source of that name is watched."""
    row = execute_prepared(connection, "web/health/source_expectation.sql", {"source_name": source_name}).fetchone()
    return None if row is None else Expectation.model_validate(row)


def source_days(connection: Connection, source_name: str) -> list[SourceDay]:
    """The days of a source, the oldest first; remembered, because counting a large source takes long."""

    def read() -> list[SourceDay]:
        rows = execute_prepared(connection, health.SOURCE_DAYS.file, {"source_name": source_name})
        return sorted((SourceDay.model_validate(row) for row in rows), key=lambda day: day.day)

    return ttl_cache.get((*database_of(connection), "source_days", source_name), read)


def arrivals(connection: Connection, days: int) -> dict[str, dict[Any, int]]:
    """Rows of each source by day of arrival, for the last days; remembered. As of `health.sources`."""

    def read() -> dict[str, dict[Any, int]]:
        found: dict[str, dict[Any, int]] = {}
        if not health.are_sources_counted(connection):
            return found
        for row in execute_prepared(connection, "web/health/source_arrivals.sql", {"days": days}):
            found.setdefault(row["source_name"], {})[row["day"]] = row["rows_count"]
        return found

    return ttl_cache.get((*database_of(connection), "source_arrivals", days), read)


def check(connection: Connection, current_user: CurrentUser, check_name: str) -> Check | None:
    """The latest result of one check; None: there is none of this name."""
    row = execute_prepared(connection, "web/health/check.sql", {"check_name": check_name}).fetchone()
    return None if row is None else Check.model_validate(shown(row, health.CHECKS.personal, current_user))


def changes(connection: Connection, current_user: CurrentUser, check_name: str | None) -> list[CheckChange]:
    """Changes of state of one check, or of all, the newest first, as far back as they are kept."""
    rows = execute_prepared(connection, health.CHECK_CHANGES.file, {"check_name": check_name})
    found = (CheckChange.model_validate(shown(row, health.CHECK_CHANGES.personal, current_user)) for row in rows)
    return sorted(found, key=lambda change: (change.changed_at, change.id), reverse=True)


def alerts_of_check(connection: Connection, current_user: CurrentUser, check_name: str) -> list[PastAlert]:
    """Alerts that contain a check, open or over, the newest first."""
    rows = execute_prepared(connection, "web/alerts/alerts_of_check.sql", {"check_name": check_name})
    return [PastAlert.model_validate(shown(row, health.ALERT_HISTORY.personal, current_user)) for row in rows]
