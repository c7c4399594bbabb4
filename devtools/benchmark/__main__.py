"""The figures of the product: what runs and pages take, each against what it cannot be faster than.

`make bench` runs it on a server of its own with the settings of the embedded one. Two processes run the steps of the
DAGs as Airflow's would, so that what is measured is the time of the database; `PARTS` adds Airflow's own time, the
pages, the desk in a browser, and Splink on the same rows. Figures of different machines, and of one machine at
different times, cannot be compared: compare ratios, and two versions of the code by running them alternately.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from devtools.benchmark.chart import chart
from devtools.benchmark.figures import Figure, as_json, table
from devtools.benchmark.scratch import folders_of, scratch_server
from devtools.demo.dataset import FleetSize

if TYPE_CHECKING:
    from devtools.local.embedded import EmbeddedServer

DATABASE = "benchmark"
SIZES = {"small": 5_000, "large": 100_000}
"""Driver accounts; as many leads, and half as many scouting rows."""
LEAST = 20
TRIP_DAYS = 7
"""Days of trips after each hire; without trips nothing is due, and the materialised views are nearly empty."""
PARTS = ("pipeline", "splink", "airflow", "pages", "desk")


def main(arguments: list[str]) -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m devtools.benchmark", description=__doc__)
    parser.add_argument(
        "--size", type=_sizes, default="large", help="small, large, or numbers of driver accounts, by commas"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trip-days", type=int, choices=range(33), default=TRIP_DAYS, metavar="0…32")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured; medians count")
    parser.add_argument(
        "--parts",
        type=_parts,
        default="pipeline",
        help=f"by commas: {', '.join(PARTS)}; Airflow, pages and desk with the last size",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to this file")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="draw them into this file (SVG)")
    given = parser.parse_args(arguments)
    with scratch_server() as server:
        figures = _measure(server, given)
    if given.json:
        given.json.write_text(json.dumps(as_json(figures, _about(given)), indent=1) + "\n")
    if given.chart:
        given.chart.write_text(chart(figures))


def _measure(server: EmbeddedServer, given: argparse.Namespace) -> list[Figure]:
    # Airflow reads its configuration when it is imported, which is here, after AIRFLOW_HOME was set.
    from devtools.benchmark import airflow_figures, desk_figures, fleet_figures, page_figures, splink_figures

    logging.disable(logging.WARNING)
    found: list[Figure] = []

    def tell(figures: list[Figure]) -> None:
        found.extend(figures)
        print(table(figures) + "\n", flush=True)

    uri, folders = server.uri(DATABASE), folders_of(server)
    rows = folders.root / "rows" if "splink" in given.parts else None
    for size in (fleet_size(drivers, given.trip_days) for drivers in given.size):
        measured = fleet_figures.measure_rounds(
            server, DATABASE, size, seed=given.seed, rounds=given.rounds, export=rows
        )
        print(f"{fleet_figures.steps_table(measured)}\n")
        tell(fleet_figures.figures_of(measured))
        if rows is not None and measured.ours is not None:
            linking = measured.seconds[fleet_figures.LINKING]
            tell(splink_figures.compare(uri, rows, measured.ours, linking, measured.group))
    if {"airflow", "pages", "desk"} & set(given.parts):
        with airflow_figures.running(folders) as airflow:
            if "airflow" in given.parts:
                tell(airflow_figures.wall_times(airflow, uri, rounds=given.rounds))
            if "pages" in given.parts:
                tell(page_figures.answer_times(airflow, uri))
            if "desk" in given.parts:
                tell(desk_figures.times_at_the_desk(airflow, uri))
    return found


def _about(given: argparse.Namespace) -> dict[str, Any]:
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": platform.platform(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1024**3),
        "seed": given.seed,
        "trip_days": given.trip_days,
        "rounds": given.rounds,
    }


def _sizes(text: str) -> list[int]:
    sizes = [SIZES.get(part) or (int(part) if part.isdecimal() else 0) for part in text.split(",")]
    if min(sizes) < LEAST:
        raise argparse.ArgumentTypeError(f"{text!r} is not small, large or a number from {LEAST} on")
    return sizes


def fleet_size(drivers: int, trip_days: int) -> FleetSize:
    """As many leads, half as many scouting rows, a twentieth as many migrations."""
    return FleetSize(drivers, drivers, drivers // 2, drivers // 20, trip_days=trip_days)


def _parts(text: str) -> list[str]:
    parts = text.split(",")
    if unknown := set(parts) - set(PARTS):
        raise argparse.ArgumentTypeError(f"there is no part {', '.join(sorted(unknown))}")
    return parts


if __name__ == "__main__":
    main(sys.argv[1:])
