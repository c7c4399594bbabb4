"""What drivers do after they are hired: trips per day, and the milestones they reach."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import NamedTuple

from devtools.demo.people import Person
from devtools.demo.rates import Rates
from devtools.demo.rng import random_numbers_of, threshold
from devtools.demo.timeline import HISTORY_DAYS, Timeline

BAD_DATES = [
    "31-02-2026",
    "",
    "N/A",
    None,
    "00-00-0000",
    "45231",
    "2026/13/45",
    "ayer",
    "29-02-2025",
    "DD-MM-YYYY",
]
MILESTONES = (1, 5, 25)
"""Trips that earn a bonus."""

LOAD_SECONDS = 3_000
"""Nightly loads are done at 00:50."""


class TripDay(NamedTuple):
    """A driver's day: days ago, trips completed, seconds online."""

    ago: int
    trips: int
    seconds: int


class Trips:
    """Trips of every driver.

    Args:
        rates: The proportions.
        timeline: The calendar.
        seed: The fleet's seed.
        days: Days after the hire of a new driver that have trips, 0 to 32; settled drivers have three.
    """

    def __init__(self, rates: Rates, timeline: Timeline, *, seed: int, days: int) -> None:
        self._timeline = timeline
        self._draw = random_numbers_of(seed, "trips")
        self._days = days
        self._never = threshold(rates.never_drove)
        self._bad = threshold(rates.bad_trip_date)
        iso_every = round(1 / rates.iso_trip_days) if rates.iso_trip_days else 0
        self._written_days = [
            timeline.day(ago).strftime("%Y-%m-%d" if iso_every and ago % iso_every == 5 else "%d-%m-%Y")
            for ago in range(HISTORY_DAYS * 2 + 1)
        ]
        self._loaded_at = [timeline.moment(max(0, ago - 1), LOAD_SECONDS) for ago in range(HISTORY_DAYS * 2 + 1)]

    def days(self, person: Person, *, hired: int, is_settled: bool) -> list[TripDay]:
        """The days on which a driver was online, oldest first.

        Args:
            person: A driver.
            hired: Days ago of the hire.
            is_settled: True for drivers who were with us before the history began.
        """
        d = person.draws
        if not self._days or d[20] < self._never or (is_settled and d[20] > 45_000):
            return []
        words = self._draw(person.number)
        if is_settled:
            first, last = 3, 1
        else:
            first = hired - (d[24] & 3)
            last = max(1, first - min(self._days, 32, 40 if d[23] & 1 else 1 + (d[23] >> 1) % 25) + 1)
        level = 2 + (d[21] * d[22] >> 27)  # trips on a good day: 2 … 33, small numbers often
        presence = 80 + (d[22] & 0x7F)
        done = []
        for ago in range(first, last - 1, -1):
            word = words[first - ago]
            if ago == first or word & 0xFF < presence:
                trips = 1 + (word >> 8) * level // 256
                done.append(TripDay(ago, trips, trips * 1_500 + (word & 0xFFF) * 3))
        return done

    def rows(
        self, driver_id: str, person: Person, *, hired: int, is_settled: bool
    ) -> Iterator[tuple[str, str | None, int, int, datetime]]:
        """Rows of summary_daily of one driver account."""
        for ago, trips, seconds in self.days(person, hired=hired, is_settled=is_settled):
            written: str | None = self._written_days[ago]
            spoil = (person.draws[25] * 31 + ago * 40_503) & 0xFFFF
            if spoil < self._bad:
                written = BAD_DATES[(spoil + ago) % len(BAD_DATES)]
            yield driver_id, written, trips, seconds, self._loaded_at[ago]


def milestones_reached(days: list[TripDay], *, lead: int, window: int = 14) -> list[int | None]:
    """Days ago when 1, 5 and 25 trips were reached within the window that starts with the lead, or None."""
    reached: list[int | None] = [None, None, None]
    total = 0
    for ago, trips, _ in days:
        if lead >= ago > lead - window:
            total += trips
            for place, milestone in enumerate(MILESTONES):
                if total >= milestone and reached[place] is None:
                    reached[place] = ago
    return reached


def paid_at(seconds: int) -> time:
    """Time of day of a payment: office hours, 09:00 to 18:00."""
    minutes = 540 + seconds % 540
    return time(minutes // 60, minutes % 60, seconds * 7 % 60)
