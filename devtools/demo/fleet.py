"""The demo fleet: every table as a lazy stream of rows, and the truth about whose rows they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from control_tower.settings import get_settings
from devtools.demo.account_rows import DRIVER_COLUMNS, PAYMENT_COLUMNS, TRIP_COLUMNS, AccountRows, Row
from devtools.demo.arrival_rows import (
    LEAD_COLUMNS,
    MIGRATION_COLUMNS,
    SCOUT_COLUMNS,
    SCOUT_DRIVER_COLUMNS,
    SCOUTING_COLUMNS,
    ArrivalRows,
)
from devtools.demo.dataset import FleetSize, World
from devtools.demo.lexicon import Country
from devtools.demo.rates import Rates

TRUTH_RECORD_COLUMNS = ("source_table", "source_pk", "human_id")
TRUTH_DRIVER_COLUMNS = ("driver_id", "human_id")
TRUTH_SCOUT_COLUMNS = ("human_id", "scout_id")

SOURCE_COLUMNS: dict[str, tuple[str, ...]] = {
    "module_ct_scouts_list": SCOUT_COLUMNS,
    "drivers": DRIVER_COLUMNS,
    "module_ct_cabinet_leads": LEAD_COLUMNS,
    "module_ct_scouting_daily": SCOUTING_COLUMNS,
    "module_ct_migrations": MIGRATION_COLUMNS,
    "summary_daily": TRIP_COLUMNS,
    "module_ct_cabinet_payments": PAYMENT_COLUMNS,
    "module_ct_scout_drivers": SCOUT_DRIVER_COLUMNS,
}
"""Columns of the rows that a fleet yields for each source table, in the order of the tuples."""


@dataclass(frozen=True)
class Fleet:
    """A demo fleet, or one portion of it.

    Each method yields the rows of one table, as tuples with the columns of ``SOURCE_COLUMNS`` or
    ``TRUTH_…_COLUMNS``. Rows are made while they are read and can be read as often as needed; memory does not
    grow with the fleet.
    """

    world: World
    number: int = 0
    """This portion, 0 … portions-1."""
    portions: int = 1

    @property
    def size(self) -> FleetSize:
        """Sizes of the whole fleet."""
        return self.world.size

    @property
    def target_park_id(self) -> str:
        """The park that holds about half of the drivers: the value for CONTROL_TOWER_TARGET_PARK_ID."""
        return self.world.parks[0]

    @property
    def name(self) -> str:
        """Identifies the whole fleet: equal names, equal rows."""
        world, size = self.world, self.size
        sizes = f"{size.drivers}/{size.cabinet_leads}/{size.scouting_rows}/{size.migrations}/{size.trip_days}"
        rates = "" if world.rates == Rates() else f" rates {world.rates}"
        return f"{world.country} seed {world.seed} as of {world.as_of} sizes {sizes}{rates}"

    def portion(self, number: int, portions: int) -> Fleet:
        """Part ``number`` (0 based) of the fleet cut into ``portions``: together the fleet, without overlap.

        Leads, drivers and scouting rows are spread over the parts independently, whatever their dates, so
        a lead may arrive before, with or after its driver. Trips come with their driver, payments with their
        lead; the list of scouts comes whole with part 0.

        Raises:
            ValueError: there is no such part, or this fleet is a part already.
        """
        if not 0 <= number < portions or self.portions != 1:
            raise ValueError(f"no portion {number} of {portions} of portion {self.number} of {self.portions}")
        return Fleet(self.world, number, portions)

    def _rows(self, count: int, salt: int) -> Iterator[int]:
        if self.portions == 1:
            return iter(range(count))
        return (row for row in range(count) if ((row + salt) * 2_654_435_761 >> 13) % self.portions == self.number)

    def _accounts(self) -> Iterator[int]:
        return self._rows(self.size.drivers, 1)

    def _lead_rows(self) -> Iterator[int]:
        return self._rows(self.size.cabinet_leads, 2)

    def _scouting_rows(self) -> Iterator[int]:
        return self._rows(self.size.scouting_rows, 3)

    def _migration_rows(self) -> Iterator[int]:
        return self._rows(self.size.migrations, 4)

    def rows(self, table: str) -> Iterator[Row]:
        """Rows of a source table by its name, a key of ``SOURCE_COLUMNS``."""
        streams = {
            "module_ct_scouts_list": self.scouts,
            "drivers": self.drivers,
            "module_ct_cabinet_leads": self.cabinet_leads,
            "module_ct_scouting_daily": self.scouting,
            "module_ct_migrations": self.migrations,
            "summary_daily": self.trips,
            "module_ct_cabinet_payments": self.payments,
            "module_ct_scout_drivers": self.scout_drivers,
        }
        return streams[table]()

    def scouts(self) -> Iterator[Row]:
        """The list of scouts."""
        count = self.world.arrivals.scouts if self.number == 0 else 0
        return map(ArrivalRows(self.world).scout, range(count))

    def drivers(self) -> Iterator[Row]:
        """Driver accounts."""
        return map(AccountRows(self.world).driver, self._accounts())

    def cabinet_leads(self) -> Iterator[Row]:
        """Cabinet leads in order of time."""
        return map(ArrivalRows(self.world).lead, self._lead_rows())

    def scouting(self) -> Iterator[Row]:
        """Scouting rows in order of time."""
        return map(ArrivalRows(self.world).scouting, self._scouting_rows())

    def migrations(self) -> Iterator[Row]:
        """Migrations in order of time."""
        return map(ArrivalRows(self.world).migration, self._migration_rows())

    def trips(self) -> Iterator[Row]:
        """Trips per driver and day (summary_daily)."""
        return AccountRows(self.world).trips(self._accounts())

    def payments(self) -> Iterator[Row]:
        """Milestone payments."""
        return AccountRows(self.world).payments(self._lead_rows())

    def scout_drivers(self) -> Iterator[Row]:
        """Drivers whom scouts brought."""
        return filter(None, map(ArrivalRows(self.world).scout_driver, self._scouting_rows()))

    def truth_records(self) -> Iterator[tuple[str, str, int | None]]:
        """Whose row each lead, scouting row and migration is; None: it tells nothing about anybody."""
        rows = ArrivalRows(self.world)
        for row in self._lead_rows():
            yield ("module_ct_cabinet_leads", *rows.lead_key(row))
        for row in self._scouting_rows():
            yield ("module_ct_scouting_daily", *rows.scouting_key(row))
        for row in self._migration_rows():
            yield "module_ct_migrations", str(row + 1), self.world.arrivals.migration(row)[0]

    def truth_drivers(self) -> Iterator[tuple[str, int]]:
        """Who holds each driver account."""
        return ((self.world.driver_id(account), self.world.person_of_account(account)) for account in self._accounts())

    def truth_scouts(self) -> Iterator[tuple[int, int]]:
        """(human, scout) for every claim of a scout; a pair comes once per row that makes the claim."""
        rows = ArrivalRows(self.world)
        yield from filter(None, map(rows.scouting_claim, self._scouting_rows()))
        for row in self._migration_rows():
            person, scout, _ = self.world.arrivals.migration(row)
            if scout is not None:
                yield person, scout


def build_fleet(
    size: FleetSize = FleetSize(),  # noqa: B008 (frozen)
    *,
    seed: int = 1,
    as_of: date | None = None,
    country: Country | None = None,
    rates: Rates = Rates(),  # noqa: B008 (frozen)
) -> Fleet:
    """Describe a demo fleet; nothing is computed before its rows are read.

    The same arguments give the same rows to the byte, on any machine.

    Args:
        size: Rows per table.
        seed: Any whole number from 0; another seed gives other people in the same proportions.
        as_of: The day on which the fleet is looked at; history ends the day before. Default: today in the
            settings' time zone, and nothing of it lies in the future.
        country: PE or CO. Default: the settings' country.
        rates: The proportions.

    Raises:
        ValueError: a size, the seed or the country cannot be used.
    """
    if seed < 0:
        raise ValueError(f"seed must not be negative: {seed}")
    settings = get_settings()
    now = datetime.now(ZoneInfo(settings.timezone)).replace(tzinfo=None, microsecond=0)
    day, latest = (as_of, None) if as_of is not None else (now.date(), now)
    return Fleet(World(size, rates, seed=seed, as_of=day, country=country or settings.country, latest=latest))
