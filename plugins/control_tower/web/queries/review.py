"""Queries of the review: what was decided on a day, and how far the work is."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg

from control_tower.settings import get_settings
from control_tower.web.listing import database_of, newest_decision, ttl_cache
from control_tower.web.models.review import OpenCases, Progress
from control_tower.web.permissions import CurrentUser
from control_tower.web.personal_data import shown
from control_tower.web.queries.persons import DECISION
from control_tower.web.sql_files import execute_prepared

Connection = psycopg.Connection[dict[str, Any]]

COUNT_SECONDS = 600.0
"""How long a count of all cases is remembered while no run is active: decisions since are counted beside it."""


def decisions_of_day(
    connection: Connection, current_user: CurrentUser, day: date, *, decided_by: str | None, most: int
) -> list[dict[str, Any]]:
    """Decisions of a day, by one user or by all, the newest first; one more than `most` if there are more."""
    asked = {"day": day, "timezone": get_settings().timezone, "decided_by": decided_by, "most": most + 1}
    rows = execute_prepared(connection, "web/review/decisions_of_day.sql", asked)
    return [shown(row, DECISION, current_user) for row in rows]


def progress(connection: Connection, current_user: CurrentUser, day: date) -> Progress:
    """How many cases were decided on a day, and how many wait."""
    asked = {"day": day, "timezone": get_settings().timezone, "decided_by": current_user.name}
    found = execute_prepared(connection, "web/review/progress.sql", asked).fetchone() or {}
    kinds = open_cases(connection)
    postponed = sum(kind.postponed for kind in kinds)
    cases = sum(kind.cases for kind in kinds)
    return Progress.model_validate(
        {"day": day, **found, "open": cases - postponed, "postponed": postponed, "kinds": kinds}
    )


def open_cases(connection: Connection) -> list[OpenCases]:
    """How many cases of each kind wait: counted once per run, because there may be a million, less those decided since.

    While a run is active, it is counted as often as `listing.TTLCache` says.
    """
    run = execute_prepared(connection, "web/review/newest_run.sql").fetchone() or {"id": None, "is_active": False}

    def read() -> tuple[int, dict[str, int]]:
        newest, _ = newest_decision(connection)
        rows = execute_prepared(connection, "web/review/open_cases.sql")
        return newest, {row["case_kind"]: row["cases"] for row in rows}

    key = (*database_of(connection), "open_cases", run["id"], run["is_active"])
    since, cases = ttl_cache.get(key, read, seconds=None if run["is_active"] else COUNT_SECONDS)
    decided = execute_prepared(connection, "web/review/decided_since.sql", {"since": since})
    closed = {row["case_kind"]: row["closed"] for row in decided}
    put_off = {
        row["case_kind"]: row["postponed"] for row in execute_prepared(connection, "web/review/postponed_cases.sql")
    }
    return [
        OpenCases.model_validate({"case_kind": kind, "cases": left, "postponed": put_off.get(kind, 0)})
        for kind in sorted(cases.keys() | closed.keys())
        if (left := cases.get(kind, 0) - closed.get(kind, 0)) > 0
    ]
