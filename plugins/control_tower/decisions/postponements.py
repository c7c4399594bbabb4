"""'Later': a review case that a human puts off until a day. It is no decision, and a decision on the case ends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from control_tower.database import execute_file, fetch_rows
from control_tower.errors import PostponementInvalid, UnknownCase
from control_tower.operators import step_session
from control_tower.settings import get_settings

LONGEST_DAYS = 90
"""For how many days a case can be put off."""


@dataclass(frozen=True)
class Postponement:
    """A case that is not offered before the day `postponed_until`."""

    case_kind: str
    case_key: str
    postponed_until: date
    reason: str | None
    postponed_by: str
    postponed_at: datetime


def today() -> date:
    """The day it is in the time zone of the settings."""
    return datetime.now(ZoneInfo(get_settings().timezone)).date()


def postpone_case(case_kind: str, case_key: str, until: date, reason: str | None, *, who: str) -> Postponement:
    """Put a case off: it is offered again on the day `until`.

    Raises:
        PostponementInvalid: that day is not after today, or too far away.
        UnknownCase: no such case waits for a decision.
    """
    first, last = today() + timedelta(days=1), today() + timedelta(days=LONGEST_DAYS)
    if not first <= until <= last:
        raise PostponementInvalid(
            f"A case cannot be put off until {until}.", f"choose a day from {first} to {last} ({LONGEST_DAYS} days)."
        )
    asked = {
        "case_kind": case_kind,
        "case_key": case_key,
        "postponed_until": until,
        "reason": reason,
        "postponed_by": who,
    }
    with step_session() as connection:
        rows = fetch_rows(connection, "decisions/postpone_case.sql", asked)
    if not rows:
        raise UnknownCase(
            f"No case {case_kind} {case_key!r} waits for a decision.", "look at the list again: it may be decided."
        )
    return Postponement(**rows[0])


def lift_postponement(case_kind: str, case_key: str) -> None:
    """Offer a case again at once. One that is not put off stays as it is."""
    with step_session() as connection:
        execute_file(connection, "decisions/lift_one_postponement.sql", {"case_kind": case_kind, "case_key": case_key})
