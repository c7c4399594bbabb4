"""Which person each row of leads, scouting and migrations is about, when it arrived, and when drivers were hired.

Rows of each table are in order of time. Drivers who came through a table are assigned to its rows one-to-one, so both
directions are computed without a lookup table: whose row is this, and does this driver have a row.
"""

from __future__ import annotations

from math import isqrt
from typing import NamedTuple

from devtools.demo.lexicon import falling_weights, lookup_table
from devtools.demo.people import Person
from devtools.demo.rates import Rates
from devtools.demo.rng import KindShares, Permutation, RandomNumbers, random_numbers_of, threshold
from devtools.demo.timeline import HISTORY_DAYS, Timeline

OWN, STRANGER, AGAIN, MALFORMED = "own", "stranger", "again", "malformed"
WITH_LEAD, SECOND_SCOUT = "with_lead", "second_scout"


class ScoutingArrival(NamedTuple):
    """The true facts of a scouting row."""

    kind: str
    person: int
    scout: int | None
    draws: RandomNumbers


class Arrivals:
    """The order in which people came."""

    def __init__(
        self,
        rates: Rates,
        timeline: Timeline,
        *,
        seed: int,
        people: int,
        leads: int,
        scouting: int,
        migrations: int,
    ) -> None:
        self._timeline = timeline
        self._people, self.leads, self.scouting_rows, self.migrations = people, leads, scouting, migrations
        self._permutation = Permutation(people, offset=seed * 7_919 + 17)
        self._lead_kinds = KindShares(
            {STRANGER: rates.stranger_leads, AGAIN: rates.repeated_leads, MALFORMED: rates.malformed_rows},
            rest=OWN,
            seed=seed,
        )
        self._scouting_kinds = KindShares(
            {
                STRANGER: rates.stranger_scouting,
                WITH_LEAD: rates.scouting_with_lead,
                SECOND_SCOUT: rates.second_scout,
                AGAIN: rates.same_scout_again,
                MALFORMED: rates.malformed_rows,
            },
            rest=OWN,
            seed=seed,
        )
        self._lead_draws = random_numbers_of(seed, "arrivals:leads")
        self._scouting_draws = random_numbers_of(seed, "arrivals:scouting")
        # Drivers' slots: first those of leads, then of scouting, then of migrations; the rest came before.
        self._lead_slots = self._lead_kinds.rank_limit(OWN, leads)
        self._scouting_slots = self._lead_slots + self._scouting_kinds.rank_limit(OWN, scouting)
        self._migration_slots = self._scouting_slots + migrations
        # Strangers are numbered above the drivers, each table in its own range.
        self._scouted_strangers = people + self._lead_kinds.rank_limit(STRANGER, leads)
        self._others = self._scouted_strangers + self._scouting_kinds.rank_limit(STRANGER, scouting)
        self.scouts = max(8, isqrt(scouting) * 3 // 5)
        self._scout_table = lookup_table(range(1, self.scouts + 1), falling_weights(self.scouts, exponent=0.6))
        self._second_within_week = threshold(rates.second_scout_within_week)
        self._no_scout = threshold(rates.scouting_without_scout)
        self._no_migration_scout = threshold(rates.migration_without_scout)

    def settled_driver(self, number: int) -> int:
        """A driver hired before the history began; any driver when there is none."""
        settled = self._people - self._migration_slots
        return self._permutation.forward(self._migration_slots + number % settled if settled > 0 else number)

    def lead(self, row: int) -> tuple[str, int, RandomNumbers]:
        """Kind of a cabinet lead, number of its person, and the random numbers of the row."""
        kind, rank = self._lead_kinds.kind_and_rank(row)
        draws = self._lead_draws(row)
        if kind is OWN:
            return kind, self._permutation.forward(rank), draws
        if kind is STRANGER:
            return kind, self._people + rank, draws
        return (
            kind,
            self._person_of_lead(row - 1 - draws[30] % max(1, min(row, self.leads // 20)), row),
            draws,
        )

    def _person_of_lead(self, row: int, fallback: int) -> int:
        """Person of the last ordinary lead up to ``row``; a new person when there is none."""
        while row >= 0:
            kind, rank = self._lead_kinds.kind_and_rank(row)
            if kind is OWN:
                return self._permutation.forward(rank)
            if kind is STRANGER:
                return self._people + rank
            row -= 1
        return self._others + fallback

    def scouting(self, row: int) -> ScoutingArrival:
        """Kind of a scouting row, its person, and the scout who claims to have brought that person."""
        kind, rank = self._scouting_kinds.kind_and_rank(row)
        draws = self._scouting_draws(row)
        scout = None if draws[31] < self._no_scout else self._scout_table[draws[29]]
        if kind is OWN:
            return ScoutingArrival(kind, self._permutation.forward(self._lead_slots + rank), scout, draws)
        if kind is STRANGER:
            return ScoutingArrival(kind, self._scouted_strangers + rank, scout, draws)
        if kind is WITH_LEAD:
            lead = int((row + 0.5) * self.leads / self.scouting_rows) - 1
            return ScoutingArrival(kind, self._person_of_lead(lead, self.leads + row), scout, draws)
        if kind is MALFORMED:
            days = 1
        elif draws[28] < self._second_within_week:
            days = draws[30] % 6
        else:
            days = 8 + draws[30] % 40
        first = self._first_scouting(row - max(1, days * self.scouting_rows // HISTORY_DAYS))
        if first is None:
            return ScoutingArrival(kind, self._others + self.leads + row, scout, draws)
        if kind is SECOND_SCOUT:
            other = first.scout or 1
            scout = (other + draws[29] % (self.scouts - 1)) % self.scouts + 1
        else:
            scout = first.scout
        return ScoutingArrival(kind, first.person, scout, draws)

    def _first_scouting(self, row: int) -> ScoutingArrival | None:
        """The last ordinary scouting row up to ``row``."""
        while row >= 0:
            if self._scouting_kinds.kind_and_rank(row)[0] in (OWN, STRANGER, WITH_LEAD):
                return self.scouting(row)
            row -= 1
        return None

    def migration(self, row: int) -> tuple[int, int | None, RandomNumbers]:
        """Person of a migration, the scout who claims it, and the random numbers of the row."""
        draws = self._scouting_draws((1 << 50) + row)
        scout = None if draws[31] < self._no_migration_scout else self._scout_table[draws[29]]
        return self._permutation.forward(self._scouting_slots + row), scout, draws

    def scout_of_lead(self, row: int, person: int) -> int | None:
        """The scout who registered the person of a cabinet lead, when one did at about the same time."""
        if not self.leads:
            return None
        middle = int((row + 1) * self.scouting_rows / self.leads)
        for candidate in range(max(0, middle - 2), min(self.scouting_rows, middle + 3)):
            if self._scouting_kinds.kind_and_rank(candidate)[0] is WITH_LEAD:
                arrival = self.scouting(candidate)
                if arrival.person == person:
                    return arrival.scout
        return None

    def contact(self, driver: int) -> int | None:
        """Days ago when a driver came to us: as a lead, through a scout, from another fleet; None: before."""
        slot = self._permutation.inverse(driver)
        if slot < self._lead_slots:
            row, rows = self._lead_kinds.row(OWN, slot), self.leads
        elif slot < self._scouting_slots:
            row, rows = self._scouting_kinds.row(OWN, slot - self._lead_slots), self.scouting_rows
        else:
            row, rows = slot - self._scouting_slots, self.migrations
        return self._timeline.row_time(row, rows)[0] if row < rows else None

    def came_by_migration(self, driver: int) -> bool:
        """Whether the driver came from another fleet, so that contact and hire are one day."""
        return self._scouting_slots <= self._permutation.inverse(driver) < self._migration_slots

    def hired(self, person: Person) -> int:
        """Days ago when a driver was hired: mostly 0 to 20 days after the first contact, some before."""
        when, days = person.draws[18], person.draws[19]
        contact = self.contact(person.number)
        if contact is None:
            if when < 14_000:
                return 1 + days % (HISTORY_DAYS - 1)
            return HISTORY_DAYS + int((days / 65_536) ** 1.5 * 1_400)
        if self.came_by_migration(person.number):
            return contact
        if when < 2_600:  # had an account already, then answered an advertisement
            return contact + 1 + days % 45
        if when < 42_000:
            after = days % 4
        elif when < 58_000:
            after = 4 + days % 7
        elif when < 63_900:
            after = 11 + days % 10
        else:
            after = 21 + days % 25
        return contact - after if contact > after else 1 + days % contact
