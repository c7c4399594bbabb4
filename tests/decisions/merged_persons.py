"""Two persons that a driver with both of their keys merged."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import psycopg

from tests.decisions.state import Position, broken_checks, person_of, position, rows
from tests.identity.results import settled
from tests.identity.sources import driver, scouting
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
ANA = "Ana Lucia Torres Vega"
PHONE, LICENCE = "987654321", "Q12345678"


class Merged(NamedTuple):
    """Keys of two persons that are one."""

    survivor: str
    retired: str


def as_they_were(warehouse: Warehouse, *persons: str) -> list[Any]:
    """Persons with links and attribution, without the time and the summary of when a row was derived."""
    return [
        (
            rows(warehouse, "select * from canon.identity_registry where person_key = %s", person),
            rows(warehouse, "select * from canon.identity_links where person_key = %s order by id", person),
            position(warehouse, person),
        )
        for person in persons
    ]


def two_persons(warehouse: Warehouse) -> Merged:
    """Row 1 with a phone by scout 1, row 2 with a licence by scout 2: two persons, the first is the older one."""
    scouting(warehouse, 1, ANA, driver_phone=PHONE, scout_id=1)
    ingest()
    attribute()
    scouting(warehouse, 2, ANA, driver_license=LICENCE, scout_id=2)
    ingest()
    attribute()
    first, second = person_of(warehouse, "1"), person_of(warehouse, "2")
    assert first is not None
    assert second is not None
    assert first != second
    return Merged(first, second)


def become_one(warehouse: Warehouse) -> tuple[Merged, str]:
    """The two persons, merged by driver d1 who has both keys, and what they were before."""
    both = two_persons(warehouse)
    before = json.dumps(as_they_were(warehouse, *both), default=str)
    driver(warehouse, "d1", full_name=ANA, phone=PHONE, license_number=LICENCE)
    ingest()
    attribute()
    assert person_of(warehouse, "2") == person_of(warehouse, "d1") == both.survivor
    assert position(warehouse, both.survivor) == Position(1, "A", "conflict")
    return both, before


def many_runs(warehouse: Warehouse) -> None:
    """Later runs, a full one among them: the end is the same from the first on, and every check is healthy."""
    ingest()
    attribute()
    end = settled(warehouse)
    for incremental in (False, True):
        ingest(incremental=incremental)
        attribute()
        assert settled(warehouse) == end
    assert broken_checks(warehouse) == {}
