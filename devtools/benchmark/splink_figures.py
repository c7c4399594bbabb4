"""Splink on DuckDB on the same normalised rows: seconds of linking alone, and recall at the same precision."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from devtools.benchmark.figures import Figure
from devtools.benchmark.measure import WORKERS
from devtools.demo import quality
from devtools.local.airflow_home import LocalFolders

SQL = Path(__file__).with_name("sql")
PROGRAM = Path(__file__).with_name("side_by_side") / "link.py"
REQUIRED = ("splink>=5,<6", "duckdb>=1.4")
BAR = 3.0
RECORDS = "select source_table || '|' || source_pk, human_id from demo.truth_records where source_table <> %s"
ACCOUNTS = "select driver_id, human_id from demo.truth_drivers"
NAMED_BY_THEMSELVES = "module_ct_migrations"
"""Records that carry their account: no program has to link them."""


@dataclass(frozen=True)
class Ours:
    """What the first load linked, of records that do not name their account."""

    precision: float
    recall: float
    findable: int


@dataclass(frozen=True)
class Chosen:
    """The links of the other program down to one weight."""

    weight: float
    precision: float
    recall: float


def export(connection: psycopg.Connection[Any], folder: Path) -> Ours:
    """Write the normalised rows as CSV files, and return how well they were linked by the run before."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in ("records", "accounts"):
        query = (SQL / f"normalised_{table}.sql").read_text()
        statement = f"copy ({query}) to stdout (format csv, header)"
        with (
            (folder / f"{table}.csv").open("wb") as file,
            connection.cursor() as cursor,
            cursor.copy(statement.encode()) as copy,
        ):
            file.writelines(copy)
    found = [one for one in quality.measure(connection).sources if one.source_table != NAMED_BY_THEMSELVES]
    right, linked, findable = (
        sum(getattr(one, name) for one in found) for name in ("right_links", "linked", "findable")
    )
    return Ours(right / linked if linked else 1.0, right / findable if findable else 1.0, findable)


def compare(uri: str, folder: Path, ours: Ours, linking: list[float], group: str) -> list[Figure]:
    """Link the exported rows with Splink as often as linking was measured, and compare.

    Raises:
        CalledProcessError: Splink cannot be installed, or fails.
    """
    python = environment()
    runs = [_link(python, folder) for _ in linking]
    with psycopg.connect(uri) as connection:
        humans: dict[str, int | None] = dict(connection.execute(RECORDS, [NAMED_BY_THEMSELVES]).fetchall())
        holders: dict[str, int] = dict(connection.execute(ACCOUNTS).fetchall())
    with (folder / "best.csv").open() as file:
        judged = [
            (float(row["weight"]), humans.get(row["record"]) is not None and humans[row["record"]] == holder)
            for row in csv.DictReader(file)
            if (holder := holders.get(row["account"])) is not None
        ]
    chosen = at_precision(judged, ours.precision, ours.findable)
    total = tuple(sum(run.values()) for run in runs)
    group = f"Splink beside ours, {group}"
    return [
        Figure(group, "ours, linking alone (2 workers)", tuple(linking)),
        Figure(
            group, "Splink, linking alone (2 threads)", total, bases=tuple(linking), base="ours", bar=BAR, is_least=True
        ),
        Figure(group, "of that: predicting, without training", tuple(run["predicting"] for run in runs)),
        Figure(group, "precision of ours", (ours.precision * 100,), "%"),
        Figure(group, "recall of ours", (ours.recall * 100,), "%"),
        Figure(group, "precision of Splink there", (chosen.precision * 100,), "%"),
        Figure(group, "recall of Splink there", (chosen.recall * 100,), "%"),
        Figure(group, "weight from which Splink links", (chosen.weight,), "bits"),
    ]


def at_precision(judged: Iterable[tuple[float, bool]], wanted: float, findable: int) -> Chosen:
    """The most links, the surest first, that are as precise as wanted; where none are, the most precise ones.

    Args:
        judged: Weight of each link, and whether it is right.
        wanted: The precision.
        findable: Records that can be linked rightly.
    """
    best: Chosen | None = None
    right = count = 0
    ordered = sorted(judged, reverse=True)
    for place, (weight, is_right) in enumerate(ordered):
        right, count = right + is_right, count + 1
        if place + 1 < len(ordered) and ordered[place + 1][0] == weight:
            continue  # links of one weight are made together
        found = Chosen(weight, right / count, right / findable if findable else 1.0)
        if found.precision >= wanted or best is None or (best.precision < wanted and found.precision > best.precision):
            best = found
    return best or Chosen(float("inf"), 1.0, 0.0)


def environment() -> Path:
    """A Python with Splink, beside the project's own: installed the first time, by nothing else."""
    folder = LocalFolders().state / "splink"
    python = folder / "bin" / "python"
    if not (folder / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)  # noqa: S603 - fixed arguments
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *REQUIRED], check=True)  # noqa: S603
        (folder / "installed").touch()
    return python


def _link(python: Path, folder: Path) -> dict[str, float]:
    with (folder / "splink.log").open("w") as log:
        subprocess.run(  # noqa: S603 - fixed arguments
            [str(python), str(PROGRAM), str(folder), str(WORKERS)], check=True, stdout=log, stderr=subprocess.STDOUT
        )
    found: dict[str, float] = json.loads((folder / "seconds.json").read_text())
    return found
