"""The result does not depend on the order of rows or their split over runs, except for contested records.

Nor does it depend on how many partitions each run has.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from control_tower.settings import get_settings
from tests.identity import results, sources
from tests.pipeline import ingest

WORLDS = 150
NAMES = [
    "Juan Carlos Perez Quispe",
    "PEREZ QUISPE JUAN CARLOS",
    "Juan Perez Quispe",
    "Juan Perez",
    "Luis Alberto Perez Quispe",
    "Maria Flores Soto",
    None,
]
Row = Callable[[psycopg.Connection[Any]], Any]


def _world(number: int) -> list[Row]:
    """Rows that share phones, licences, plates, cars and names with each other and with no other dataset."""
    draw = random.Random(number)
    phones = [f"9{number:05d}{i}12" for i in range(3)] + [None]
    licenses = [f"Q{number:05d}{i}34" for i in range(2)] + [None]
    plates = [f"T{chr(65 + number % 26)}{chr(65 + number // 26)}{i}17" for i in range(2)] + [None]
    cars = [f"Marca{number} Modelo", None]
    rows: list[Row] = []
    for i in range(draw.randint(1, 5)):
        columns = {
            "full_name": draw.choice(NAMES),
            "phone": draw.choice(phones),
            "license_number": draw.choice(licenses),
            "car_number": draw.choice(plates),
            "car_brand": f"Marca{number}",
            "car_model": "Modelo",
            "park_id": draw.choice(["target", "other"]),
            "hire_date": draw.choice(["2026-11-01", "2026-10-01", "2025-01-01", None]),
        }
        rows.append(lambda c, i=i, columns=columns: sources.driver(c, f"w{number}d{i}", **columns))
    for i in range(draw.randint(1, 4)):
        columns = {
            "park_phone": draw.choice(phones),
            "asset_plate_number": draw.choice(plates),
            "asset_model": draw.choice(cars),
            "lead_created_at": draw.choice(["2026-10-30", "2026-10-30", "2026-09-20", None]),
        }
        name = draw.choice(NAMES)
        rows.append(lambda c, i=i, columns=columns, name=name: sources.lead(c, f"w{number}l{i}", name, **columns))
    for i in range(draw.randint(0, 3)):
        columns = {"driver_phone": draw.choice(phones), "driver_license": draw.choice(licenses)}
        name = draw.choice(NAMES)
        rows.append(lambda c, i=i, columns=columns, name=name: sources.scouting(c, number * 10 + i, name, **columns))
    if draw.random() < 0.4:
        rows.append(lambda c: sources.migration(c, number, f"w{number}d0"))
    return rows


def _persons_as_sets(connection: psycopg.Connection[Any], left_out: set[results.Key]) -> set[frozenset[results.Key]]:
    by_person: dict[str, set[results.Key]] = {}
    for key, person in results.persons(connection).items():
        if key not in left_out:
            by_person.setdefault(person, set()).add(key)
    return {frozenset(keys) for keys in by_person.values()}


@pytest.fixture(scope="module")
def worlds() -> list[list[Row]]:
    return [_world(number) for number in range(WORLDS)]


@pytest.mark.parametrize("seed", range(4))
def test_any_split_of_the_rows_in_any_order_ends_like_one_run(
    seed: int,
    worlds: list[list[Row]],
    warehouses: Callable[[], psycopg.Connection[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TARGET_PARK_ID", "target")
    draw = random.Random(seed)
    at_once = warehouses()
    with at_once.transaction():
        for world in worlds:
            for row in world:
                row(at_once)
    ingest()

    in_parts = warehouses()
    parts: list[list[Row]] = [[] for _ in range(4)]
    for world in worlds:
        for row in draw.sample(world, len(world)):
            draw.choice(parts).append(row)
    for part in parts:
        with in_parts.transaction():
            for row in part:
                row(in_parts)
        monkeypatch.setenv("CONTROL_TOWER_PARTITIONS", str(draw.choice((1, 2, 5))))
        get_settings.cache_clear()
        ingest()

    assert results.contested(at_once) == {}, "with everything at hand at once, nothing can be contested"
    left_out = set(results.contested(in_parts))
    expected, found = (
        {key: value for key, value in results.links(c).items() if key not in left_out} for c in (at_once, in_parts)
    )
    assert found == expected
    expected_reasons, found_reasons = (
        {key: value for key, value in results.unmatched(c).items() if key not in left_out} for c in (at_once, in_parts)
    )
    assert found_reasons == expected_reasons
    assert _persons_as_sets(in_parts, left_out) == _persons_as_sets(at_once, left_out)
    assert len(left_out) < 0.3 * sum(map(len, worlds)), "contested is the exception"


def test_a_second_run_and_a_full_check_change_no_row(
    worlds: list[list[Row]], warehouse: psycopg.Connection[Any]
) -> None:
    with warehouse.transaction():
        for world in worlds:
            for row in world:
                row(warehouse)
    ingest()
    before = results.content(warehouse)
    ingest()
    assert results.content(warehouse) == before
    ingest(incremental=False)
    assert results.content(warehouse) == before
