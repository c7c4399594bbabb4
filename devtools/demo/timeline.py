"""When things happen: days before `as_of`, fuller towards today, quieter on Sundays."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, time, timedelta
from itertools import accumulate

HISTORY_DAYS = 120
"""Days of leads, scouting and migrations before ``as_of``; the last one is the day before it."""

OLDEST_DAYS = 2000
"""No date of the demo lies further back."""


class Timeline:
    """The calendar of a fleet. Days are counted backwards: 0 is ``as_of``, 1 the day before it.

    Args:
        as_of: The day of the report.
        latest: The local time without zone after which nothing has happened yet; None: all has.
    """

    def __init__(self, as_of: date, latest: datetime | None = None) -> None:
        self.as_of = as_of
        self._latest = latest
        self._days = [as_of - timedelta(days=ago) for ago in range(OLDEST_DAYS)]
        self._midnights = [datetime.combine(day, time()) for day in self._days]
        weekday_weights = (1.1, 1.15, 1.1, 1.0, 1.05, 0.8, 0.45)
        weights = [
            weekday_weights[self._days[ago].weekday()] * (1.0 - 0.4 * ago / HISTORY_DAYS)
            for ago in range(HISTORY_DAYS, 0, -1)
        ]
        total = sum(weights)
        self._reached = [weight / total for weight in accumulate(weights)]

    def day(self, ago: int) -> date:
        """The date so many days ago."""
        return self._days[ago]

    def moment(self, ago: int, seconds: int) -> datetime:
        """A local time without zone, ``seconds`` after the midnight that began the day, or the latest there is."""
        moment = self._midnights[ago] + timedelta(seconds=seconds)
        return moment if self._latest is None else min(moment, self._latest)

    def at(self, share: float) -> tuple[int, int]:
        """Day (days ago) and second of that day at which this share (0 … 1) of all arrivals has come.

        People come between 06:00 and 23:00.
        """
        place = min(bisect_right(self._reached, share), HISTORY_DAYS - 1)
        before = self._reached[place - 1] if place else 0.0
        within = (share - before) / (self._reached[place] - before)
        return HISTORY_DAYS - place, 21_600 + min(61_199, int(within * 61_200))

    def row_time(self, row: int, rows: int) -> tuple[int, int]:
        """Day and second of row ``row`` of ``rows`` rows that came in order of time."""
        return self.at((row + 0.5) / rows)
