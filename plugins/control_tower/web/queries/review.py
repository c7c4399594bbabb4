"""Queries of the review: what was decided on a day, and how far the work is."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg

from control_tower.settings import get_settings
from control_tower.web.listing import as_decided, ttl_cache
from control_tower.web.models.review import OpenCases, Progress
from control_tower.web.permissions import CurrentUser
from control_tower.web.personal_data import shown
from control_tower.web.queries.persons import DECISION
from control_tower.web.sql_files import execute_prepared

Connection = psycopg.Connection[dict[str, Any]]


def decisions_of_day(
    connection: Connection, current_user: CurrentUser, day: date, *, decided_by: str | None, most: int
) -> list[dict[str, Any]]:
    """Decisions of a day, by one user or by all, the newest first; one more than `most` if there are more."""
    asked = {"day": day, "timezone": get_settings().timezone, "decided_by": decided_by, "most": most + 1}
    rows = execute_prepared(connection, "web/review/decisions_of_day.sql", asked)
    return [shown(row, DECISION, current_user) for row in rows]


def progress(connection: Connection, current_user: CurrentUser, day: date) -> Progress:
    """How many cases were decided on a day, and how many wait; those are counted as `listing.TTLCache` says."""

    def read() -> list[OpenCases]:
        rows = execute_prepared(connection, "web/review/open_cases.sql")
        return [OpenCases.model_validate(row) for row in rows]

    asked = {"day": day, "timezone": get_settings().timezone, "decided_by": current_user.name}
    found = execute_prepared(connection, "web/review/progress.sql", asked).fetchone() or {}
    kinds = ttl_cache.get((*as_decided(connection), "open_cases"), read)
    postponed = sum(kind.postponed for kind in kinds)
    cases = sum(kind.cases for kind in kinds)
    return Progress.model_validate(
        {"day": day, **found, "open": cases - postponed, "postponed": postponed, "kinds": kinds}
    )
