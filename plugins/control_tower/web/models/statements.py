"""Bodies of `/scouts/statements`: what was frozen for scouts, period by period."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from control_tower.web.models.amounts import Amount


class LiquidationPeriod(BaseModel):
    """A closed period in one currency: what was frozen, and how much of it was paid.

    A period in which nobody was due anything has one row without a currency.
    """

    period_id: int
    period_start: date
    period_end: date
    currency: str | None
    amount: Amount
    scouts: int
    lines: int
    corrections: int
    paid_statements: int
    paid_amount: Amount
    unpaid_statements: int
    unpaid_amount: Amount
    closed_by: str
    closed_at: datetime
    reason: str


class ScoutStatement(BaseModel):
    """What one scout is due for one period in one currency, and whether it was paid."""

    statement_id: int
    period_id: int
    period_start: date
    period_end: date
    scout_id: int
    scout_name: str | None
    currency: str
    amount: Amount
    line_count: int
    correction_count: int
    closed_by: str
    closed_at: datetime
    reason: str
    paid_on: date | None
    payment_reference: str | None
    paid_noted_by: str | None
    paid_noted_at: datetime | None
    is_paid: bool


class LineTotal(BaseModel):
    """What the lines of one kind add up to."""

    kind: str
    currency: str
    lines: int
    amount: Amount


class StatementWithTotals(ScoutStatement):
    """A statement, and what its lines add up to."""

    totals: list[LineTotal] = Field(description="Per kind of line: EARNED, CORRECTION. They add up to the amount.")


class StatementLine(BaseModel):
    """One milestone of one person that a statement pays, or a correction of an earlier one."""

    line_id: int
    statement_id: int
    period_id: int
    period_start: date
    period_end: date
    scout_id: int
    currency: str
    kind: str
    reason_code: str | None
    corrects_line_id: int | None
    corrects_statement_id: int | None
    corrects_period_start: date | None
    corrects_period_end: date | None
    person_key: UUID
    person_name: str | None
    driver_id: str | None
    origin_tag: str
    milestone_trips: int
    lead_date: date
    achieved_date: date
    payable_date: date
    amount: Amount


class ComparedStatement(BaseModel):
    """A statement that a closing writes, or would write, beside that of the same scout in the last period."""

    scout_id: int
    scout_name: str | None
    currency: str
    amount: Amount
    lines: int
    corrections: int
    last_amount: Amount
    difference: Amount


class ComparedTotal(BaseModel):
    """What those statements add up to in one currency."""

    currency: str
    statements: int
    lines: int
    corrections: int
    amount: Amount
    last_amount: Amount


class ClosingResult(BaseModel):
    """What a run of `close_liquidation_period` returned; there is no period_id after a dry run."""

    period_id: int | None
    period_start: date
    period_end: date
    dry_run: bool
    statements: list[ComparedStatement]
    totals: list[ComparedTotal]
    notes: list[str]
