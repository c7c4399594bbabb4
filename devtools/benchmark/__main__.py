"""How long ingestion takes, against the floor: the same rows written by one plain INSERT … SELECT per table.

`make bench` runs it on a server of its own with the settings of the embedded one: a full run, then a run that finds
nothing new. Two processes run the steps of the DAG as Airflow's would, so that what is measured is the time of the
database, without Airflow's scheduling. Figures of different machines, and of one machine at different times, cannot be
compared; compare two versions of the code by running them alternately.
"""

from __future__ import annotations

import argparse
import logging
import sys

import psycopg

from devtools.benchmark.scratch import create_warehouse, scratch_server
from devtools.demo.dataset import FleetSize

DATABASE = "benchmark"
SIZES = {"small": 5_000, "large": 100_000}
"""Driver accounts; as many leads, and half as many scouting rows."""


def main(arguments: list[str]) -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m devtools.benchmark", description=__doc__)
    parser.add_argument("--size", type=_size, default="large", help="small, large, or a number of driver accounts")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    with scratch_server() as server:
        create_warehouse(server, DATABASE)
        _measure(server.uri(DATABASE), given.size, given.seed)


def _measure(uri: str, size: FleetSize, seed: int) -> None:
    # Airflow reads its configuration when it is imported, which is here, after AIRFLOW_HOME was set.
    from control_tower.migrate import migrate
    from devtools.benchmark import measure
    from devtools.demo.fleet import build_fleet

    logging.disable(logging.WARNING)
    migrate(uri)
    with psycopg.connect(uri, autocommit=True) as connection:
        measure.prepare(connection, build_fleet(size, seed=seed))
        with measure.worker_processes() as workers:
            full, steps = measure.run(workers)
            again, _ = measure.run(workers)
        plain, rows = measure.floor(connection)
    print(f"{size.drivers:,} driver accounts, {size.cabinet_leads:,} leads, {size.scouting_rows:,} scouting rows\n")
    for step, seconds in steps.items():
        print(f"  {step.replace('.', ' › '):<45} {seconds:7.2f} s")
    print(f"\nfull run           {full:7.2f} s with {measure.WORKERS} workers")
    print(f"nothing new        {again:7.2f} s")
    print(f"floor              {plain:7.2f} s to write the same {rows:,} rows, one statement per table")
    print(f"full run / floor   {full / plain:7.1f}")


def _size(text: str) -> FleetSize:
    drivers = SIZES.get(text) or (int(text) if text.isdecimal() else 0)
    try:
        return FleetSize(drivers, drivers, drivers // 2, drivers // 20, trip_days=0)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not small, large or a number from 20 on") from None


if __name__ == "__main__":
    main(sys.argv[1:])
