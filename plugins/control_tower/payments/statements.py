"""Liquidation periods: freeze what each scout is due as statements, and note that a statement was paid."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg

from control_tower.database import execute_file, fetch_rows
from control_tower.decisions.transaction import Author, Decision, DecisionTransaction, decision_transaction
from control_tower.errors import (
    DecisionRefused,
    DueNotCurrent,
    PaymentInvalid,
    PeriodAlreadyClosed,
    PeriodInvalid,
    PeriodOutOfOrder,
    StatementAlreadyPaid,
    UnknownStatement,
)
from control_tower.operators import step_session
from control_tower.payments.cabinet_claims import MONEY_STATE
from control_tower.payments.read_models import derive_changed_persons
from control_tower.statistics import gather_statistics

log = logging.getLogger(__name__)

FIRST_DAY = date(2000, 1, 1)
"""Earlier dates are typing errors."""

LONGEST_AHEAD = timedelta(days=31)
"""A period may end so long after today: a month can be closed on its first day."""

LARGEST_BIGINT = 2**63 - 1

REFRESH_FIRST = "run scout_attribution_refresh, and close the period when it has ended."


@dataclass(frozen=True)
class Closing:
    """A closed period, or in a dry run what closing it would write.

    `statements` has one entry for each scout and currency with a statement in this period or in the one before it:
    scout_id, scout_name, currency, amount, lines, corrections, last_amount (of the period before) and difference.
    `totals` has one for each currency: currency, statements, lines, corrections, amount, last_amount. Amounts are
    decimals in that currency; different currencies are never added.
    """

    period_id: int | None
    """None in a dry run."""
    period_start: date
    period_end: date
    dry_run: bool
    due_as_of: datetime
    """The last refresh of what is due; persons who changed since were derived again."""
    statements: tuple[dict[str, Any], ...]
    totals: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]

    def summary(self) -> dict[str, Any]:
        """The closing as plain values; amounts are texts with two decimals."""
        return {
            **vars(self),
            "period_start": self.period_start.isoformat(),
            "period_end": self.period_end.isoformat(),
            "due_as_of": self.due_as_of.isoformat(),
            "statements": [_plain(row) for row in self.statements],
            "totals": [_plain(row) for row in self.totals],
            "notes": list(self.notes),
        }


def close_liquidation_period(
    period_start: date, period_end: date, reason: str, *, author: Author, dry_run: bool = True
) -> Closing:
    """Freeze what each scout is due for a period, both days included, as one statement per scout and currency.

    What became payable in the period is earned; what turned out otherwise since an earlier one is a correction, so that
    all statements together are what is due now. Persons who changed since the last refresh are derived first. A dry run
    writes nothing. A repeated task of one DAG run does not close twice.

    Raises:
        ReasonMissing: the reason is blank.
        PeriodInvalid: no period: it ends before it begins, begins after today, or is of another century.
        PeriodAlreadyClosed: a day of it is in a closed period.
        PeriodOutOfOrder: it is before the last closed period.
        DueNotCurrent: what is due is not known as of now; the refresh must run first.
        RunAlreadyActive: a run is active; retry when it has ended.
    """
    with decision_transaction("close_liquidation_period", reason, author, is_dry_run=dry_run) as tx:
        earlier = tx.earlier_decision()
        if earlier is not None:
            return _read_closing(tx, earlier)
        asked = {"period_start": period_start, "period_end": period_end}
        closed = _check_period(tx, period_start, period_end)
        due_as_of = _bring_up_to_date(tx)
        execute_file(tx.connection, "decisions/derive_statement_lines.sql", asked)
        closing = _compare(tx, period_start, period_end, due_as_of)
        if dry_run:
            return _logged(closing)
        period_id = int(
            tx.one(
                "decisions/close_period.sql",
                {**asked, "reason": tx.reason, "decided_by": author.name, "decided_at": tx.decided_at},
            )["period_id"]
        )
        lines = execute_file(tx.connection, "decisions/write_statements.sql", {"period_id": period_id})["lines"]
        tx.record(
            person_key=None,
            before={"liquidation_period": closed["last_id"] and _period(closed, "last_")},
            after={
                "liquidation_period": {
                    "id": period_id,
                    "period_start": str(period_start),
                    "period_end": str(period_end),
                },
                "totals": [_plain(row) for row in closing.totals],
                "due_as_of": str(due_as_of),
            },
        )
        gather_statistics(tx.connection, "analyze ops.scout_statement_lines", lines)
        return _logged(replace(closing, period_id=period_id, dry_run=False))


def mark_statement_paid(statement_id: int, paid_on: date, reference: str, *, author_name: str) -> None:
    """Note that a statement was paid, with the day and a reference such as the number of the transfer; once.

    Raises:
        DecisionRefused: nobody notes it.
        PaymentInvalid: the reference is blank, or the day is after today or before the statement's period.
        UnknownStatement: there is no such statement.
        StatementAlreadyPaid: it was noted before; says who noted which payment.
        DatabaseError: the database failed or refused a statement.
    """
    reference = (reference or "").replace("\x00", "").strip()
    if not author_name.strip():
        raise DecisionRefused("Nobody notes this payment.", "say who does.")
    if not reference:
        raise PaymentInvalid(
            "The payment has no reference.", "enter what finds it again, such as the number of the transfer."
        )
    is_number = isinstance(statement_id, int) and not isinstance(statement_id, bool) and statement_id > 0
    asked = {"statement_id": statement_id if is_number and statement_id <= LARGEST_BIGINT else None}
    with step_session() as connection, connection.transaction():
        found = _statement(connection, asked)
        if found["statement_id"] is None:
            raise UnknownStatement(
                f"There is no statement {statement_id!r}.", "copy the number from ops.v_scout_statements."
            )
        if found["paid_on"] is not None:
            raise _already_paid(found)
        if not found["period_start"] <= paid_on <= found["today"]:
            raise PaymentInvalid(
                f"A statement of the period from {found['period_start']} on was not paid on {paid_on}.",
                f"enter the day of the payment, up to today ({found['today']}).",
            )
        payment = {**asked, "paid_on": paid_on, "reference": reference, "noted_by": author_name.strip()}
        if not execute_file(connection, "decisions/mark_statement_paid.sql", payment)["noted"]:
            raise _already_paid(_statement(connection, asked))  # by somebody at the same moment
    log.info("Statement %s was paid on %s (%s), noted by %s.", statement_id, paid_on, reference, author_name)


def _check_period(tx: DecisionTransaction, start: date, end: date) -> dict[str, Any]:
    """What was closed before; refuses a period that cannot be closed, and notes what is odd about it."""
    if start > end:
        raise PeriodInvalid(f"The period ends on {end}, before it begins on {start}.", "exchange or correct the days.")
    closed = tx.one("decisions/closed_periods.sql", {"period_start": start, "period_end": end})
    today = closed["today"]
    if start < FIRST_DAY or start > today or end > today + LONGEST_AHEAD:
        raise PeriodInvalid(
            f"No period is closed that lasts from {start} to {end} (today is {today}).",
            f"choose days from {FIRST_DAY} on; it must have begun, and end by {today + LONGEST_AHEAD}.",
        )
    if closed["overlap_start"] is not None:
        raise PeriodAlreadyClosed(
            f"The period from {closed['overlap_start']} to {closed['overlap_end']} was closed by "
            f"{closed['overlap_closed_by']} on {_moment(closed['overlap_closed_at'])} and never changes.",
            "close the days after it; what it lacks, or has wrongly, is corrected there.",
        )
    if closed["last_end"] is None:
        tx.note(f"This is the first period: what became payable before {start} is in no statement.")
    elif start < closed["last_start"]:
        raise PeriodOutOfOrder(
            f"The period from {start} to {end} is before the last closed one, from {closed['last_start']} on.",
            f"close a period that begins after {closed['last_end']}; what became payable before is corrected there.",
        )
    elif start > closed["last_end"] + timedelta(days=1):
        first, last = closed["last_end"] + timedelta(days=1), start - timedelta(days=1)
        tx.note(
            f"No period has the days from {first} to {last}: what became payable then is in this one, as a correction."
        )
    if end >= today:
        tx.note(f"The period is not over before {end + timedelta(days=1)}: what it still brings is in the next one.")
    return closed


def _bring_up_to_date(tx: DecisionTransaction) -> datetime:
    """Derive the persons who changed since the last refresh, and return of when that was.

    Raises:
        DueNotCurrent: only a run can do that.
    """
    (state,) = fetch_rows(tx.connection, MONEY_STATE, {"read_model": "payments"})
    due = tx.one("decisions/due_state.sql", {})
    if due["refreshed_at"] is None:
        raise DueNotCurrent("What scouts are due was never derived.", REFRESH_FIRST)
    if due["persons_waiting"]:
        raise DueNotCurrent(
            f"{due['persons_waiting']:,} persons changed and wait for their attribution: who is paid for them is not "
            "known yet.",
            REFRESH_FIRST,
        )
    if state["is_everything"]:
        if state["trips_identity"] is not None or due["settings"] != state["settings"]:
            raise DueNotCurrent(
                "Since scouts' payments were last derived the rules, the time zone, or trips that had been counted "
                "changed.",
                REFRESH_FIRST,
            )
        state["trips_since"] = None
        tx.note(f"The trips are no plain table: they are those of the refresh of {_moment(due['refreshed_at'])}.")
    persons = derive_changed_persons(tx.connection, state)
    if persons:
        log.info("%s persons changed since the last refresh and were derived again.", f"{persons:,}")
    refreshed_at: datetime = due["refreshed_at"]
    return refreshed_at


def _compare(tx: DecisionTransaction, start: date, end: date, due_as_of: datetime) -> Closing:
    """The statements of this step beside those of the period before, and their totals."""
    statements = fetch_rows(tx.connection, "decisions/compare_statements.sql", {"period_start": start})
    totals: dict[str, dict[str, Any]] = {}
    for row in statements:
        total = totals.setdefault(
            row["currency"],
            {"currency": row["currency"], "statements": 0, "lines": 0, "corrections": 0, "amount": 0, "last_amount": 0},
        )
        total["statements"] += row["lines"] > 0
        for column in ("lines", "corrections", "amount", "last_amount"):
            total[column] += row[column]
    return Closing(
        period_id=None,
        period_start=start,
        period_end=end,
        dry_run=True,
        due_as_of=due_as_of,
        statements=tuple(statements),
        totals=tuple(totals.values()),
        notes=tuple(tx.notes),
    )


def _read_closing(tx: DecisionTransaction, earlier: Decision) -> Closing:
    """The closing that this DAG run has already made."""
    period = earlier.after["liquidation_period"]
    start, end = (date.fromisoformat(period[name]) for name in ("period_start", "period_end"))
    execute_file(tx.connection, "decisions/closed_statements.sql", {"period_id": period["id"]})
    closing = _compare(tx, start, end, datetime.fromisoformat(earlier.after["due_as_of"]))
    return replace(closing, period_id=period["id"], dry_run=False)


def _logged(closing: Closing) -> Closing:
    log.info(
        "%s from %s to %s:",
        "Dry run, nothing was written. The period" if closing.dry_run else f"Closed period {closing.period_id}",
        closing.period_start,
        closing.period_end,
    )
    for row in closing.statements:
        log.info(
            "scout %s %s: %s %s in %s lines, %s corrections (last period %s, difference %s)",
            row["scout_id"],
            row["scout_name"] or "without a name",
            f"{row['amount']:,}",
            row["currency"],
            f"{row['lines']:,}",
            f"{row['corrections']:,}",
            f"{row['last_amount']:,}",
            f"{row['difference']:+,}",
        )
    for row in closing.totals:
        log.info(
            "total: %s %s in %s statements, %s lines, %s corrections (last period %s)",
            f"{row['amount']:,}",
            row["currency"],
            f"{row['statements']:,}",
            f"{row['lines']:,}",
            f"{row['corrections']:,}",
            f"{row['last_amount']:,}",
        )
    if not closing.totals:
        log.info("Nobody is due anything.")
    return closing


def _statement(connection: psycopg.Connection[Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    (row,) = fetch_rows(connection, "decisions/statement.sql", asked)
    return row


def _already_paid(found: Mapping[str, Any]) -> StatementAlreadyPaid:
    return StatementAlreadyPaid(
        f"Statement {found['statement_id']} was paid on {found['paid_on']} ({found['payment_reference']}); "
        f"{found['paid_noted_by']} noted it on {_moment(found['paid_noted_at'])}.",
        "do not pay it again; what is wrong with it is corrected in the next period.",
    )


def _period(row: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {
        "id": row[f"{prefix}id"], "period_start": str(row[f"{prefix}start"]), "period_end": str(row[f"{prefix}end"])
    }  # fmt: skip


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: f"{value:.2f}" if isinstance(value, Decimal) else value for name, value in row.items()}
