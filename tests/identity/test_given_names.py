"""How often one person is written with two given names is counted in the fleet, and tells such people from brothers."""

from __future__ import annotations

import re
from math import log2
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_tower.database import fetch_rows, read_sql
from control_tower.identity.frequencies import has_other_given_name
from control_tower.identity.name_evidence import Level, NameWeights, other_given_name
from control_tower.identity.name_matching import align_names
from control_tower.weights.levels import COUNTED, Expected, WordCounts, as_json, maximise, weights_of
from tests.identity.results import reason_of
from tests.identity.sources import driver, lead, scouting
from tests.pipeline import ingest

Warehouse = psycopg.Connection[Any]

SHIPPED_M = 0.0001
MET = 400
"""Scouting rows of the fleet that carry licence and phone of a driver."""

DRIVERS = (
    "insert into public.drivers (driver_id, full_name, phone, license_number, hire_date)"
    " select 'x' || n, 'Quispe Huaman Jose', '9' || 10000000 + n, 'Q' || 10000000 + n, date '2026-11-01' - n %% 600"
    " from generate_series(%s::int, %s::int) as n"
)
SCOUTED = (
    "insert into public.module_ct_scouting_daily"
    " (id, driver_name, scout_id, registration_date, driver_phone, driver_license)"
    " select n, %s || ' Quispe Huaman', 7, '2026-10-29', '9' || 10000000 + n, 'Q' || 10000000 + n"
    " from generate_series(%s::int, %s::int) as n"
)


def fleet(warehouse: Warehouse, *, called: int) -> None:
    """10,000 drivers; scouts met 400, and wrote another given name than the account's for the first so many."""
    warehouse.execute(DRIVERS, [1, 10_000])
    warehouse.execute(SCOUTED, ["Luis", 1, called])
    warehouse.execute(SCOUTED, ["Jose", called + 1, MET])


def counted(warehouse: Warehouse) -> tuple[int, int]:
    """Pairs of names of one person, and those with two given names."""
    rows = dict(
        warehouse.execute(
            "select kind, people from canon.value_frequencies where kind in ('same_person', 'other_given')"
        ).fetchall()
    )
    return rows["same_person"], rows["other_given"]


def m_in_force(warehouse: Warehouse) -> float:
    row = warehouse.execute("select m from canon.match_weights where level = 'other_given'").fetchone()
    assert row is not None
    return float(row[0])


@pytest.mark.parametrize(("called", "least", "most"), [(0, 0.05, 0.2), (40, 0.9, 0.99)])
def test_one_phone_and_surnames_are_a_brother_or_who_is_called_otherwise_as_the_fleet_says(
    warehouse: Warehouse, called: int, least: float, most: float
) -> None:
    """Whether Luis is Pedro's brother or Pedro himself cannot be seen in the row; a human decides in both fleets."""
    fleet(warehouse, called=called)
    driver(warehouse, "d1", full_name="Torres Vega Pedro", phone="987654321", hire_date=None)
    lead(warehouse, "l1", "Luis Torres Vega", park_phone="987654321")
    ingest()
    assert counted(warehouse) == (MET, called)
    assert m_in_force(warehouse) == pytest.approx((called + 1000 * SHIPPED_M) / (MET + 1000))
    assert reason_of(warehouse, "l1") == "NAME_CONTRADICTION"
    (shown,) = warehouse.execute(
        "select candidates_preview -> 0 ->> 'driver_id', (candidates_preview -> 0 ->> 'probability')::float8"
        " from ops.v_identity_unmatched where source_pk = 'l1'"
    ).fetchall()
    assert shown[0] == "d1"
    assert least <= shown[1] <= most


def test_it_is_counted_where_two_keys_say_who_it_is_and_as_of_a_version(warehouse: Warehouse) -> None:
    fleet(warehouse, called=3)
    driver(warehouse, "d1", full_name="Torres Vega Pedro", phone="987654321", license_number="Q87654321")
    scouting(warehouse, 1001, "Luis Torres Vega", driver_license="Q87654321", driver_phone="911222333")
    scouting(warehouse, 1002, "Luis Torres Vega", driver_license="Q11111111", driver_phone="987654321")
    for account in ("d2", "d3"):
        driver(warehouse, account, full_name="Rojas Leon Ana", phone="912345678", license_number="Q55555555")
    scouting(warehouse, 1003, "Rosa Rojas Leon", driver_license="Q55555555", driver_phone="912345678")
    ingest()
    assert counted(warehouse) == (MET, 3), "other phone, other licence, two accounts"
    before = m_in_force(warehouse)

    warehouse.execute(SCOUTED, ["Luis", MET + 1, MET + 50])
    ingest()
    assert (counted(warehouse), m_in_force(warehouse)) == ((MET, 3), before), "the same version"
    driver(warehouse, "d4", full_name="Soto Diaz Hugo", phone="913456789")
    ingest(incremental=False)
    assert counted(warehouse) == (MET + 50, 53)


@pytest.mark.parametrize(
    ("record", "account", "is_other"),
    [
        ("LUIS QUISPE HUAMAN", "QUISPE HUAMAN JOSE", True),
        ("LUIS QUISPE", "QUISPE HUAMAN JOSE CARLOS", True),
        ("LUIS QUISPE", "QUISPE HUAMAN JOSE LUIS", False),  # left out
        ("JSOE QUISPE HUAMAN", "QUISPE HUAMAN JOSE", False),  # a slip
        ("QUISPE HUAMAN", "QUISPE HUAMAN JOSE", False),  # no given name
        ("LUIS PEREZ VEGA", "QUISPE HUAMAN JOSE", False),  # somebody else
        ("LUIS QUISPE HUAMAN", "QUISPE MAMANI LUIS", False),
        ("", "QUISPE HUAMAN JOSE", False),
    ],
)
def test_two_given_names_are_no_slip_and_no_stranger(record: str, account: str, is_other: bool) -> None:
    assert has_other_given_name(record, account) is is_other
    assert has_other_given_name(account, record) is is_other


SHIPPED_NAMES = {
    level: Level(float(m), float(u), float(household))
    for comparison, level, m, u, household in re.findall(
        r"\('(\w+)', '(\w+)', ([\d.]+)(?:::float8)?, ([\d.]+)(?:::float8)?, ([\d.]+)",
        read_sql("views/identity/shipped_match_weights.sql"),
    )
    if comparison == "name"
}
FULL_NAMES = st.lists(
    st.sampled_from(["JOSE", "LUIS", "JSOE", "CARLOS", "QUISPE", "HUAMAN", "YIESON", "C"]),
    min_size=1, max_size=4, unique=True,
).map(" ".join)  # fmt: skip


@given(FULL_NAMES, FULL_NAMES, st.floats(min_value=1e-5, max_value=0.03))
def test_the_more_often_it_is_found_the_less_it_speaks_against_a_person(name_a: str, name_b: str, m: float) -> None:
    """And nothing else depends on it; two names weigh the same in either order."""
    rare = NameWeights(SHIPPED_NAMES)
    frequent = NameWeights({**SHIPPED_NAMES, "other_given": SHIPPED_NAMES["other_given"]._replace(m=m)})
    alignment = align_names(name_a, name_b)
    other = other_given_name(alignment)
    gained = log2(m / SHIPPED_M) * other.degree if other else 0.0
    assert frequent.weigh(alignment).bits - rare.weigh(alignment).bits == pytest.approx(gained, abs=1e-9)
    assert frequent.weigh(alignment).household_bits == rare.weigh(alignment).household_bits
    assert rare.weigh(align_names(name_b, name_a)) == pytest.approx(rare.weigh(alignment))


def test_an_estimate_leaves_alone_what_is_counted(warehouse: Warehouse) -> None:
    shipped = weights_of(fetch_rows(warehouse, "weights/levels.sql"), "shipped_")
    current = {**shipped, COUNTED: shipped[COUNTED]._replace(m=0.02)}
    nothing = WordCounts()
    keys = ("driver_equal", "phone_equal", "license_equal", "license_number", "plate_equal", "any_key")
    records = {**dict.fromkeys(keys, 1e6), "same": 0.0, "relative": 0.0}
    found = maximise(current, shipped, Expected({}, {}, {}, records, nothing, nothing, nothing))
    assert found[COUNTED] == current[COUNTED]
    document = as_json(found, shipped)
    assert "phone" in document
    assert "name" not in document, "a version holds no count: it would be counted twice"
