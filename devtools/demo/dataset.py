"""What all tables of a fleet share: people, calendar, arrivals, notations and trips."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from devtools.demo.arrivals import Arrivals
from devtools.demo.lexicon import Country
from devtools.demo.lexicon_colombia import colombian_lexicon
from devtools.demo.lexicon_peru import peruvian_lexicon
from devtools.demo.notation import Notation
from devtools.demo.people import People
from devtools.demo.rates import Rates
from devtools.demo.rng import Permutation, hex_ids
from devtools.demo.timeline import Timeline
from devtools.demo.trips import Trips

LEXICONS = {"PE": peruvian_lexicon, "CO": colombian_lexicon}
DERIVED = -1
"""A size that follows from the number of driver accounts."""


@dataclass(frozen=True)
class FleetSize:
    """How many rows each table gets. Sizes left out follow from ``drivers``."""

    drivers: int = 5000
    """Driver accounts, second accounts of a person included; at least 20."""
    cabinet_leads: int = DERIVED
    """Cabinet leads; by default two thirds of the drivers."""
    scouting_rows: int = DERIVED
    """Scouting rows; by default one third of the drivers."""
    migrations: int = DERIVED
    """Migrations; by default one twentieth of the drivers."""
    trip_days: int = 30
    """Days after the hire for which new drivers have trips, 0 to 32; 0 leaves trips and payments out."""

    def __post_init__(self) -> None:
        for name, share in (("cabinet_leads", 2 / 3), ("scouting_rows", 1 / 3), ("migrations", 1 / 20)):
            if getattr(self, name) == DERIVED:
                object.__setattr__(self, name, round(self.drivers * share))
        if self.drivers < 20:
            raise ValueError(f"a demo fleet needs at least 20 drivers, not {self.drivers}")
        if min(self.cabinet_leads, self.scouting_rows, self.migrations) < 0 or not 0 <= self.trip_days <= 32:
            raise ValueError(f"sizes must not be negative and trip_days 0 to 32: {self}")


def park_ids(country: Country) -> list[str]:
    """Ids of the parks of a country, the target park first; the same for every seed."""
    park = hex_ids(0, f"{country}:park")
    return [park(number) for number in range(7)]


class Dataset:
    """Everything that the rows of one fleet have in common."""

    def __init__(
        self,
        size: FleetSize,
        rates: Rates,
        *,
        seed: int,
        as_of: date,
        country: Country,
        latest: datetime | None = None,
    ) -> None:
        self.size, self.rates, self.seed, self.as_of, self.country = size, rates, seed, as_of, country
        self.lexicon = LEXICONS[country]()
        self.timeline = Timeline(as_of, latest)
        self.second_accounts = round(size.drivers * rates.second_account)
        self.people_with_account = size.drivers - self.second_accounts
        self.arrivals = Arrivals(
            rates,
            self.timeline,
            seed=seed,
            people=self.people_with_account,
            leads=size.cabinet_leads,
            scouting=size.scouting_rows,
            migrations=size.migrations,
        )
        self.people = People(
            self.lexicon,
            rates,
            seed=seed,
            drivers=self.people_with_account,
            settled=self.arrivals.settled_driver,
        )
        self.notation = Notation(country, self.lexicon.calling_code, rates)
        self.trips = Trips(rates, self.timeline, seed=seed, days=size.trip_days)
        self.driver_id = hex_ids(seed, f"{country}:driver")
        self.external_id = hex_ids(seed, f"{country}:lead")
        self.parks = park_ids(country)
        """The target park first."""
        self._twice = Permutation(self.people_with_account, offset=seed * 104_729 + 5, ratio=0.7548776662)

    def person_of_account(self, account: int) -> int:
        """Number of the person who holds account ``account`` (0 … drivers-1; the last are second ones)."""
        if account < self.people_with_account:
            return account
        return self._twice.forward(account - self.people_with_account)
