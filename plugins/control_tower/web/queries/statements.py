"""Closed liquidation periods, the statements of scouts, and their lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import psycopg

from control_tower.web.api_errors import ApiError
from control_tower.web.listing import Listing
from control_tower.web.models.statements import (
    LiquidationPeriod,
    ScoutStatement,
    StatementLine,
    StatementWithTotals,
)
from control_tower.web.permissions import CurrentUser
from control_tower.web.personal_data import shown
from control_tower.web.sql_files import execute_prepared

Connection = psycopg.Connection[dict[str, Any]]

PERIODS = Listing(
    "liquidation_periods",
    "web/statements/periods.sql",
    LiquidationPeriod,
    {
        "period_start": (("period_start", True), ("currency", False)),
        "closed_at": (("closed_at", True), ("currency", False)),
    },
    personal={"reason": "reason"},
    description="Closed liquidation periods, one row per currency, with what was frozen and how much of it was paid.",
)

STATEMENTS = Listing(
    "scout_statements",
    "web/statements/statements.sql",
    ScoutStatement,
    {
        "period_start": (("period_start", True), ("scout_id", False), ("statement_id", False)),
        "scout_id": (("scout_id", False), ("period_start", True), ("statement_id", False)),
        "scout_name": (("scout_name", False), ("scout_id", False), ("statement_id", False)),
        "amount": (("amount", True), ("statement_id", False)),
        "line_count": (("line_count", True), ("statement_id", False)),
        "correction_count": (("correction_count", True), ("statement_id", False)),
        "paid_on": (("paid_on", True), ("statement_id", False)),
    },
    personal={"reason": "reason"},
    description="What each scout is due for each closed period, one row per currency, and whether it was paid.",
)

STATEMENT_TOTALS = "web/statements/statement_totals.sql"

LINES = Listing(
    "statement_lines",
    "web/statements/lines.sql",
    StatementLine,
    {
        "kind": (("kind", True), ("payable_date", False), ("line_id", False)),
        "lead_date": (("lead_date", False), ("line_id", False)),
        "payable_date": (("payable_date", False), ("line_id", False)),
        "amount": (("amount", True), ("line_id", False)),
        "line_id": (("line_id", False),),
    },
    personal={"person_name": "name"},
    description="The lines of a statement: first what was earned, then what corrects earlier periods.",
)


def statement(connection: Connection, current_user: CurrentUser, statement_id: int) -> StatementWithTotals:
    """A statement with its totals.

    Raises:
        ApiError: UNKNOWN_STATEMENT.
    """
    asked = {"statement_id": statement_id}
    row = execute_prepared(connection, "web/statements/statement.sql", asked).fetchone()
    if row is None:
        raise ApiError("UNKNOWN_STATEMENT")
    totals = execute_prepared(connection, "web/statements/line_totals.sql", asked).fetchall()
    return StatementWithTotals.model_validate({**shown(row, STATEMENTS.personal, current_user), "totals": totals})


def period(connection: Connection, current_user: CurrentUser, period_id: int) -> Mapping[str, Any]:
    """A closed period.

    Raises:
        ApiError: UNKNOWN_PERIOD.
    """
    row = execute_prepared(connection, "web/statements/period.sql", {"period_id": period_id}).fetchone()
    if row is None:
        raise ApiError("UNKNOWN_PERIOD")
    return shown(row, PERIODS.personal, current_user)


def overlapping_period(connection: Connection, period_start: date, period_end: date) -> Mapping[str, Any] | None:
    """The earliest closed period that has a day in common with these days."""
    asked = {"period_start": period_start, "period_end": period_end}
    return execute_prepared(connection, "web/statements/overlapping_period.sql", asked).fetchone()


def last_closed_day(connection: Connection) -> date | None:
    """The last day of the last closed period."""
    row = execute_prepared(connection, "web/statements/last_closed_day.sql").fetchone() or {}
    found: date | None = row.get("last_closed_day")
    return found
