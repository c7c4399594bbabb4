"""What a made fleet is: source rows as tuples, each with the human whose row it is.

Rows are held in memory, about one kilobyte each; a fleet of a million accounts needs some gigabytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from devtools.benchmark.quality.draws import Draws
from devtools.demo.dataset import FleetSize
from devtools.demo.fleet import SOURCE_COLUMNS

ACCOUNTS, LEADS, SCOUTING = "drivers", "module_ct_cabinet_leads", "module_ct_scouting_daily"

Row = tuple[Any, ...]


@dataclass
class MadeFleet:
    """A fleet for `devtools.demo.load.load_fleet`; a builder adds rows to it, then it is only read."""

    target_park_id: str
    _rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in SOURCE_COLUMNS}, repr=False)
    _humans: dict[str, list[int | None]] = field(
        default_factory=lambda: {table: [] for table in (ACCOUNTS, LEADS, SCOUTING)}, repr=False
    )

    def add(self, table: str, human: int | None, values: Mapping[str, Any]) -> None:
        """Add a row; columns that are not named are NULL. No human: the row identifies nobody.

        Raises:
            KeyError: the table has no such column, or none that a fleet fills.
        """
        columns = SOURCE_COLUMNS[table]
        if unknown := values.keys() - set(columns):
            raise KeyError(f"{table} has no {sorted(unknown)}")
        self._rows[table].append(tuple(map(values.get, columns)))
        self._humans[table].append(human)

    def rows(self, table: str) -> Iterator[Row]:
        """Rows of a source table, with the columns that `SOURCE_COLUMNS` names for it."""
        return iter(self._rows[table])

    def size(self) -> FleetSize:
        """How many rows each table has."""
        accounts, leads, scouting = (len(self._rows[table]) for table in (ACCOUNTS, LEADS, SCOUTING))
        return FleetSize(accounts, leads, scouting, migrations=0, trip_days=0)

    def truth_records(self) -> Iterator[tuple[str, str, int | None]]:
        """Whose row each lead and scouting row is: table, key, human."""
        for table, key in ((LEADS, "external_id"), (SCOUTING, "id")):
            at, number = SOURCE_COLUMNS[table].index(key), SOURCE_COLUMNS[table].index("id")
            for row, human in zip(self._rows[table], self._humans[table], strict=True):
                yield table, str(row[at] if row[at] is not None else row[number]), human

    def truth_drivers(self) -> Iterator[tuple[str, int]]:
        """Who holds each driver account."""
        at = SOURCE_COLUMNS[ACCOUNTS].index("driver_id")
        for row, human in zip(self._rows[ACCOUNTS], self._humans[ACCOUNTS], strict=True):
            if human is not None:
                yield row[at], human

    def truth_scouts(self) -> Iterator[tuple[int, int]]:
        """(human, scout) for every claim of a scout."""
        columns = SOURCE_COLUMNS[SCOUTING]
        for row, human in zip(self._rows[SCOUTING], self._humans[SCOUTING], strict=True):
            scout = row[columns.index("scout_id")]
            if human is not None and scout is not None:
                yield human, scout


def made_size(drivers: int) -> FleetSize:
    """Sizes of a made fleet: a lead for every second account, a scouting row for every fourth."""
    return FleetSize(drivers, drivers // 2, drivers // 4, migrations=0, trip_days=0)


def hex_id(draws: Draws) -> str:
    """An opaque identifier of 32 hexadecimal digits."""
    return f"{draws.getrandbits(128):032x}"
