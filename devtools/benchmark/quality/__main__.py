"""The scoreboard of linking quality: one row per data set, each run in a database of its own.

`make bench-quality` runs it. Figures depend on the code and the seed alone, not on the machine. They are to be read
together: what improves one data set and spoils another has been fitted to the one.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from devtools.benchmark.quality.data_sets import SETS, DataSet
from devtools.benchmark.quality.report import Measured, as_json, table
from devtools.benchmark.scratch import create_warehouse, scratch_server
from devtools.local.embedded import EmbeddedServer

DATABASE = "quality"


def main(arguments: list[str]) -> None:
    """Measure the data sets and print the table."""
    parser = argparse.ArgumentParser(prog="python -m devtools.benchmark.quality", description=__doc__)
    parser.add_argument("--sets", choices=list(SETS), default="small", help="how many and how large (default: small)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured to this file")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    measured = run_sets(SETS[given.sets], seed=given.seed)
    if given.json:
        given.json.write_text(json.dumps(as_json(measured, seed=given.seed), indent=1) + "\n")
    print(table(measured))


def run_sets(sets: Sequence[DataSet], *, seed: int) -> list[Measured]:
    """Run ingestion on each data set, and score it; progress goes to standard error."""
    with scratch_server() as server:
        logging.disable(logging.WARNING)
        return [_run_set(server, data_set, seed) for data_set in sets]


def _run_set(server: EmbeddedServer, data_set: DataSet, seed: int) -> Measured:
    # Airflow reads its configuration when it is imported, which is here, after AIRFLOW_HOME was set.
    from control_tower.migrate import migrate
    from devtools.benchmark import measure
    from devtools.benchmark.quality.scoring import score

    print(f"{data_set.name} …", file=sys.stderr, flush=True)
    create_warehouse(server, DATABASE)
    os.environ["CONTROL_TOWER_COUNTRY"] = data_set.country
    migrate(server.uri(DATABASE))
    with psycopg.connect(server.uri(DATABASE), autocommit=True) as connection:
        measure.prepare(connection, data_set.build(seed))
        with measure.worker_processes() as workers:
            seconds = measure.run(workers).seconds
        scored = score(connection)
    with psycopg.connect(server.uri("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(DATABASE)))
    return Measured(data_set.name, data_set.drivers, seconds, scored)


if __name__ == "__main__":
    main(sys.argv[1:])
