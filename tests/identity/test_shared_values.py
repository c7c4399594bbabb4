"""Counting people by names: names that agree, directly or indirectly, are one person; and a limit that changes."""

from __future__ import annotations

import itertools
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_tower.identity.connected_components import connected_components
from control_tower.identity.name_matching import SIMILAR, compare_names
from control_tower.identity.shared_values import NAMES_FACTOR, count_people
from control_tower.settings import get_settings
from tests.identity.sources import driver, lead
from tests.pipeline import ingest

ONE_PERSON = ["JOSE LUIS QUISPE MAMANI", "QUISPE MAMANI JOSE", "JOSE QUISPE MAMANY"]
MORE_SPELLINGS = ["JOSE L QUISPE", "TORRES HUAMAN ROSA", "PEDRO FLORES"]
OTHERS = ["ROSA HUAMAN TORRES", "PEDRO FLORES ROJAS", "CARMEN SALAZAR VEGA", "LUZ CONDORI APAZA"]


def people(names: list[str]) -> int:
    """The same by comparing all pairs."""
    alike = [pair for pair in itertools.combinations(names, 2) if compare_names(*pair).verdict in SIMILAR]
    return len(names) - sum(len(group) - 1 for group in connected_components(alike))


def test_spellings_of_one_person_count_once() -> None:
    assert count_people([*ONE_PERSON, *OTHERS], limit=5) == 5
    assert count_people([*OTHERS, *ONE_PERSON], limit=5) == 5
    assert count_people([*ONE_PERSON, *OTHERS], limit=4) > 4
    assert count_people(ONE_PERSON, limit=3) == 3, "so few are not compared"
    assert count_people([f"ANA {n}" for n in range(NAMES_FACTOR + 1)], limit=1) == NAMES_FACTOR + 1, "nor are so many"


@given(
    st.lists(st.sampled_from([*ONE_PERSON, *OTHERS, *MORE_SPELLINGS]), unique=True),
    st.integers(1, 6),
)
def test_a_value_is_shared_exactly_when_comparing_each_with_each_says_so(names: list[str], limit: int) -> None:
    counted = count_people(names, limit)
    if len(names) > limit:
        assert (counted > limit) == (people(names) > limit)
    assert counted >= people(names)


def test_a_full_run_counts_anew_with_another_limit_though_no_row_changed(
    warehouse: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate(["Hugo Salas Paredes", "Ivan Cruz Leon", "Nelly Campos Ruiz"]):
        driver(warehouse, f"d{number}", full_name=name, phone="987654321", car_number="ABC123")
    lead(warehouse, "l1", "Hugo Salas", park_phone="987654321")
    ingest()

    def shared() -> list[Any]:
        return warehouse.execute("select kind, people from canon.shared_values order by kind").fetchall()

    assert shared() == []
    for limit, expected in (("2", [("phone", 3), ("plate", 3)]), ("5", [])):
        monkeypatch.setenv("CONTROL_TOWER_HOT_VALUE_PEOPLE", limit)
        get_settings.cache_clear()
        ingest()
        ingest(incremental=False)
        assert shared() == expected
