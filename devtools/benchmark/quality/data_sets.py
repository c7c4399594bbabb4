"""The data sets of the scoreboard, by size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from devtools.benchmark.quality import andean, coastal, febrl
from devtools.benchmark.quality.fleet import made_size
from devtools.demo.dataset import FleetSize
from devtools.demo.fleet import build_fleet
from devtools.demo.lexicon import Country
from devtools.demo.load import LoadableFleet

AS_OF = date(2026, 3, 15)
"""The day of the demo's fleets, so that their rows are the same whenever they are measured."""


@dataclass(frozen=True)
class DataSet:
    """One row of the scoreboard."""

    name: str
    country: Country
    drivers: int
    build: Callable[[int], LoadableFleet]
    """Makes the fleet from a seed."""


def own(name: str, size: FleetSize) -> DataSet:
    """The demo's own fleet."""
    return DataSet(name, "PE", size.drivers, lambda seed: build_fleet(size, seed=seed, as_of=AS_OF, country="PE"))


def made(name: str, drivers: int) -> list[DataSet]:
    """The coastal and the Andean fleet of one size."""
    size = made_size(drivers)
    return [
        DataSet(f"coastal {name}", coastal.COUNTRY, drivers, lambda seed: coastal.build_coastal(size, seed=seed)),
        DataSet(f"andean {name}", andean.COUNTRY, drivers, lambda seed: andean.build_andean(size, seed=seed)),
    ]


FEBRL4 = DataSet("FEBRL4", febrl.COUNTRY, febrl.PEOPLE, lambda _: febrl.build_febrl())
SMALL = [own("own 5k", FleetSize(5_000, trip_days=0)), *made("5k", 5_000), FEBRL4]
LARGE = [*SMALL, own("own 60k", FleetSize(60_000, trip_days=0)), *made("30k", 30_000)]
ALL = [*LARGE, own("own 1M", FleetSize(1_000_000, 1_000_000, 500_000, trip_days=0))]
SETS = {"small": SMALL, "large": LARGE, "all": ALL}
"""The sizes in which `make demo` makes its fleet, and others of similar sizes; a million takes some minutes."""
