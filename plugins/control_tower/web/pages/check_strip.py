"""The history of a check as a strip: a square per day with the worst state of that day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

ORDER = ("OK", "UNKNOWN", "YELLOW", "RED")
TONES = {"OK": "ok", "YELLOW": "warn", "RED": "fail", "UNKNOWN": "quiet"}


class Change(Protocol):
    """A change of the state of a check."""

    changed_at: datetime
    severity_old: str | None
    severity_new: str


@dataclass(frozen=True)
class StripDay:
    """A day; None: nothing was known of the check yet."""

    day: date
    severity: str | None

    @property
    def tone(self) -> str:
        """The class of its square."""
        return TONES.get(self.severity or "", "none")


def strip(
    changes: Iterable[Change], severity_now: str, known_since: datetime, today: date, zone: ZoneInfo, days: int
) -> list[StripDay]:
    """The worst state on each of the last days, the oldest first.

    Args:
        changes: Those of one check, the newest first, as far back as they are kept.
        severity_now: Its state now.
        known_since: Since when it is in it: without any change that is all that is known.
        today: The local day.
        zone: The zone of days.
        days: How many.
    """
    in_order = sorted(changes, key=lambda change: change.changed_at)
    found = []
    for back in range(days - 1, -1, -1):
        day = today - timedelta(days=back)
        begins = datetime.combine(day, time.min, zone)
        ends = datetime.combine(day + timedelta(days=1), time.min, zone)
        during = [change.severity_new for change in in_order if begins <= change.changed_at < ends]
        during += [severity_now] if begins <= known_since < ends else []
        before = _at(in_order, severity_now, known_since, begins)
        found.append(StripDay(day, max([*filter(None, [before]), *during], key=_rank, default=None)))
    return found


def _at(changes: Sequence[Change], severity_now: str, known_since: datetime, moment: datetime) -> str | None:
    """The state just before a moment; None if it is not known."""
    earlier = [change for change in changes if change.changed_at < moment]
    if earlier:
        return earlier[-1].severity_new
    if changes:
        return changes[0].severity_old
    return severity_now if known_since < moment else None


def _rank(severity: str) -> int:
    return ORDER.index(severity) if severity in ORDER else 0
