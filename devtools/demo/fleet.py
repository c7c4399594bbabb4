"""The demo fleet: every source table as a lazy stream of rows, and the truth about whose rows they are."""

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
from devtools.demo.dataset import Dataset, FleetSize
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
    """A demo fleet.

    Each method yields the rows of one table, as tuples with the columns of ``SOURCE_COLUMNS`` or
    ``TRUTH_…_COLUMNS``. Rows are made while they are read and can be read as often as needed; memory does not
    grow with the fleet.
    """

    dataset: Dataset

    @property
    def size(self) -> FleetSize:
        """Rows per table."""
        return self.dataset.size

    @property
    def target_park_id(self) -> str:
        """The park that holds about half of the drivers: the value for CONTROL_TOWER_TARGET_PARK_ID."""
        return self.dataset.parks[0]

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
        return map(ArrivalRows(self.dataset).scout, range(self.dataset.arrivals.scouts))

    def drivers(self) -> Iterator[Row]:
        """Driver accounts."""
        return map(AccountRows(self.dataset).driver, range(self.size.drivers))

    def cabinet_leads(self) -> Iterator[Row]:
        """Cabinet leads in order of time."""
        return map(ArrivalRows(self.dataset).lead, range(self.size.cabinet_leads))

    def scouting(self) -> Iterator[Row]:
        """Scouting rows in order of time."""
        return map(ArrivalRows(self.dataset).scouting, range(self.size.scouting_rows))

    def migrations(self) -> Iterator[Row]:
        """Migrations in order of time."""
        return map(ArrivalRows(self.dataset).migration, range(self.size.migrations))

    def trips(self) -> Iterator[Row]:
        """Trips per driver and day (summary_daily)."""
        return AccountRows(self.dataset).trips(range(self.size.drivers))

    def payments(self) -> Iterator[Row]:
        """Milestone payments."""
        return AccountRows(self.dataset).payments(range(self.size.cabinet_leads))

    def scout_drivers(self) -> Iterator[Row]:
        """Drivers whom scouts brought."""
        return filter(None, map(ArrivalRows(self.dataset).scout_driver, range(self.size.scouting_rows)))

    def truth_records(self) -> Iterator[tuple[str, str, int | None]]:
        """Whose row each lead, scouting row and migration is; None: the row identifies nobody."""
        rows = ArrivalRows(self.dataset)
        for row in range(self.size.cabinet_leads):
            yield ("module_ct_cabinet_leads", *rows.lead_key(row))
        for row in range(self.size.scouting_rows):
            yield ("module_ct_scouting_daily", *rows.scouting_key(row))
        for row in range(self.size.migrations):
            yield "module_ct_migrations", str(row + 1), self.dataset.arrivals.migration(row)[0]

    def truth_drivers(self) -> Iterator[tuple[str, int]]:
        """Who holds each driver account."""
        return (
            (self.dataset.driver_id(account), self.dataset.person_of_account(account))
            for account in range(self.size.drivers)
        )

    def truth_scouts(self) -> Iterator[tuple[int, int]]:
        """(human, scout) for every claim of a scout; a pair comes once per row that makes the claim."""
        rows = ArrivalRows(self.dataset)
        yield from filter(None, map(rows.scouting_claim, range(self.size.scouting_rows)))
        for row in range(self.size.migrations):
            person, scout, _ = self.dataset.arrivals.migration(row)
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
        as_of: The day of the report; history ends the day before. Default: today in the
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
    return Fleet(Dataset(size, rates, seed=seed, as_of=day, country=country or settings.country, latest=latest))
