"""What `make demo` runs, in the environment that `python -m devtools.local` makes.

python -m devtools.demo [--size small|large|DRIVERS] [--seed N] [--logs FOLDER]
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from control_tower.errors import ControlTowerError
from devtools.demo.airflow_process import AirflowProcess
from devtools.demo.context import DemoContext
from devtools.demo.dag_runs import DagFailed, end_of_log
from devtools.demo.database import create_demo_database
from devtools.demo.dataset import FleetSize
from devtools.demo.fleet import build_fleet
from devtools.demo.rates import Rates
from devtools.demo.story import run_story
from devtools.demo.terminal import Page
from devtools.local.airflow_home import LocalFolders

SIZES = {"small": 5_000, "large": 60_000}
"""Driver accounts."""
RATES = Rates(scouting_with_lead=0.08, second_scout=0.018)
"""A fleet that scouts build: most of its people have a scout, and a few dozen have two."""


def main(arguments: Sequence[str]) -> int:
    """Run the demo; return the exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stopped)
    wanted = _parser().parse_args(arguments)
    os.environ.setdefault("PYTHONWARNINGS", "ignore")  # those of libraries
    try:
        _run(wanted.size, wanted.seed, wanted.logs)
    except DagFailed as error:
        print(f"\nThe end of the log:\n\n{os.linesep.join(end_of_log(error.log))}\n\n{error}", file=sys.stderr)
        return 1
    except ControlTowerError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The next `make demo` starts anew.", file=sys.stderr)
        return 130
    return 0


def _run(size: FleetSize, seed: int, logs: Path) -> None:
    from control_tower.database import connect

    page = Page()
    with page.working("Connecting"):
        fleet = build_fleet(size, seed=seed, rates=RATES)
        database = create_demo_database()
        connection = connect(application_name="control_tower demo", autocommit=True)
    with connection, AirflowProcess({"CONTROL_TOWER_TARGET_PARK_ID": fleet.target_park_id}) as airflow:
        run_story(DemoContext(page, connection, fleet, logs, airflow, database))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m devtools.demo", description="Load a made-up fleet and run the whole pipeline over it."
    )
    parser.add_argument("--size", type=_size, default="small", help="small, large, or a number of driver accounts")
    parser.add_argument("--seed", type=_seed, default=1, help="another number gives other people")
    parser.add_argument(
        "--logs", type=Path, default=LocalFolders().logs / "demo", help="folder for the logs of the DAGs"
    )
    return parser


def _size(text: str) -> FleetSize:
    drivers = SIZES.get(text) or (int(text) if text.isdecimal() else 0)
    try:
        return FleetSize(drivers, cabinet_leads=drivers * 16 // 100, scouting_rows=drivers * 56 // 100)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not small, large or a number from 20 on") from None


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 on")
    return int(text)


def _stopped(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)  # as SystemExit, so that the DAG's process is stopped on the way out


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
