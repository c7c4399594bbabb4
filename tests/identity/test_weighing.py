"""All evidence on one scale: what links, what is left for a human, and why."""

from __future__ import annotations

from math import log2
from typing import Any

import psycopg
import pytest

from tests.identity.results import reason_of, rule_of
from tests.identity.sources import driver, lead, scouting
from tests.pipeline import ingest

Warehouse = psycopg.Connection[Any]
ANA = "Ana Lucia Torres Vega"


def candidates(warehouse: Warehouse, source_pk: str) -> list[dict[str, Any]]:
    """What the queue shows for an open record, the likeliest first."""
    row = warehouse.execute(
        "select candidates_preview from ops.v_identity_unmatched where source_pk = %s and status = 'OPEN'", [source_pk]
    ).fetchone()
    return list(row[0]) if row else []


def test_two_exact_keys_outweigh_a_name_that_is_spelled_otherwise(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name="Karim Huaman Rojas", phone="987654321", license_number="Q12345678")
    scouting(warehouse, 1, "Jorge Paredes Soto", driver_phone="987654321", driver_license="Q12345678")
    ingest()
    assert rule_of(warehouse, "1") == "R1_PHONE_EXACT"


@pytest.mark.parametrize("hired_around", [None, 20])
def test_a_record_without_a_name_and_with_one_phone_is_for_a_human(
    warehouse: Warehouse, hired_around: int | None
) -> None:
    """However few were hired around that day."""
    if hired_around:
        warehouse.execute("insert into canon.weights_versions (run_id, people, is_queued) values (1, 10000, true)")
        warehouse.execute(
            "insert into canon.value_frequencies (kind, value, people) values ('hired_close', '2026-10-30', %s)",
            [hired_around],
        )
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    lead(warehouse, "l1", None, park_phone="987654321")
    ingest()
    assert reason_of(warehouse, "l1") == "WEAK_MATCH_ONLY"
    assert [candidate["driver_id"] for candidate in candidates(warehouse, "l1")] == ["d1"]


def test_a_record_without_a_name_links_by_two_keys(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321", license_number="Q12345678")
    scouting(warehouse, 1, None, driver_phone="987654321", driver_license="Q12345678")
    ingest()
    assert rule_of(warehouse, "1") == "R1_PHONE_EXACT"


def test_one_phone_and_surnames_alone_may_be_a_relative(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name="Pedro Torres Vega", phone="987654321")
    lead(warehouse, "l1", "Torres Vega", park_phone="987654321")
    ingest()
    assert rule_of(warehouse, "l1") is None
    assert candidates(warehouse, "l1")[0]["driver_id"] == "d1"


def test_keys_that_contradict_each_other_are_for_a_human(warehouse: Warehouse) -> None:
    """The phone and the name of one driver, the licence of another who bears the same name."""
    driver(warehouse, "d1", full_name=ANA, phone="987654321", license_number="Q11223344")
    driver(warehouse, "d2", full_name=ANA, phone="912345678", license_number="Q55667788")
    scouting(warehouse, 1, ANA, driver_phone="987654321", driver_license="Q55667788")
    ingest()
    assert reason_of(warehouse, "1") == "MULTIPLE_CANDIDATES"
    assert {candidate["driver_id"] for candidate in candidates(warehouse, "1")} == {"d1", "d2"}


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("987654231", "R5_PHONE_ONE_OFF"),  # two digits changed places
        ("987654327", "R5_PHONE_ONE_OFF"),  # one digit
        ("987654217", None),  # two digits: nobody's slip
    ],
)
def test_a_slip_in_the_phone_links_where_the_full_name_agrees(
    warehouse: Warehouse, written: str, rule: str | None
) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321", hire_date="2026-08-20")
    lead(warehouse, "l1", "Torres Vega Ana Lucia", park_phone=written)
    ingest()
    assert rule_of(warehouse, "l1") == rule


def test_a_slip_in_the_licence_links_where_the_full_name_agrees(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, license_number="Q12345678", hire_date="2026-08-20")
    scouting(warehouse, 1, "Torres Vega Ana Lucia", driver_license="Q12345687")
    ingest()
    assert rule_of(warehouse, "1") == "R5_LICENSE_ONE_OFF"


def test_the_bare_number_of_the_licence_is_a_key_with_a_name(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, license_number="H74675467")
    driver(warehouse, "d2", full_name="Pedro Huaman Rojas", license_number="H04675468")
    scouting(warehouse, 1, "Ana Torres", driver_license="74675467")
    scouting(warehouse, 2, "Pedro Huaman", driver_license="H4675468")  # a spreadsheet dropped the zero
    ingest()
    assert (rule_of(warehouse, "1"), rule_of(warehouse, "2")) == ("R5_LICENSE_NUMBER", "R5_LICENSE_NUMBER")


def test_a_frequent_name_hired_within_days_is_shown_and_not_linked(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name="Juan Carlos Quispe", phone="911222333")
    lead(warehouse, "l1", "Quispe Juan Carlos", park_phone="987654321")
    ingest()
    assert reason_of(warehouse, "l1") == "NO_CANDIDATES"
    (shown,) = candidates(warehouse, "l1")
    assert (shown["driver_id"], shown["rule"]) == ("d1", "R5_NAME_AND_HIRE_DATE")
    assert shown["probability"] < 0.5


def test_a_car_and_a_name_do_not_link_where_the_plates_differ_and_the_name_is_frequent(warehouse: Warehouse) -> None:
    car = {"car_brand": "Toyota", "car_model": "Yaris"}
    driver(warehouse, "d1", full_name="Juan Carlos Quispe", car_number="ABC123", **car)
    lead(warehouse, "l1", "Quispe Juan Carlos", asset_plate_number="XYZ987", asset_model="Toyota Yaris")
    ingest()
    assert rule_of(warehouse, "l1") is None


def test_the_likeliest_candidate_comes_first(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name="Pedro Huaman Rojas", phone="987654321")
    driver(warehouse, "d2", full_name="Ana Torres Paredes", phone="987654321")
    lead(warehouse, "l1", "Torres", park_phone="987654321")
    ingest()
    shown = candidates(warehouse, "l1")
    assert [candidate["driver_id"] for candidate in shown] == ["d2", "d1"]
    assert shown[0]["probability"] > shown[1]["probability"]


def test_the_parts_add_up_to_the_probability(warehouse: Warehouse) -> None:
    """Phone: .85 / .03 x 10,000 people = 18.11 bits. Plate: .88 / .05 x 10,000 = 17.43 bits.

    Hired two days later: .78 / .15 = 2.38 bits. One of 10,000 people of whom six in ten have a driver: -14.02 bits.
    The name and what a relative explains depend on the words; the sum is as far above .99 as the odds say.
    """
    driver(warehouse, "d1", full_name=ANA, phone="987654321", car_number="ABC123", hire_date="2026-11-01")
    lead(warehouse, "l1", ANA, park_phone="987654321", asset_plate_number="ABC-123")
    ingest()
    evidence, probability = warehouse.execute(
        "select evidence, match_probability from ops.v_identity_links where source_pk = 'l1'"
    ).fetchone() or ({}, 0)
    bits = {weight["part"]: weight["bits"] for weight in evidence["weights"]}
    assert bits["phone"] == pytest.approx(18.11, abs=0.01)
    assert bits["plate"] == pytest.approx(17.43, abs=0.01)
    assert bits["hired"] == pytest.approx(2.38, abs=0.01)
    assert bits["prior"] == pytest.approx(log2(0.6 / 10_000), abs=0.01)
    odds = 2 ** sum(bits.values())
    assert probability == pytest.approx(odds / (0.4 + odds), abs=1e-4)


def test_a_value_counts_the_less_the_more_people_carry_it(warehouse: Warehouse) -> None:
    """Each doubling of the carriers takes one bit: 18.11 with one carrier, 17.11 with two."""
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    driver(warehouse, "d2", full_name="Pedro Huaman Rojas", phone="987654321")
    lead(warehouse, "l1", ANA, park_phone="987654321")
    ingest()
    (evidence,) = warehouse.execute("select evidence from ops.v_identity_links where source_pk = 'l1'").fetchone() or (
        {},
    )
    phone = next(weight for weight in evidence["weights"] if weight["part"] == "phone")
    assert (phone["people"], phone["bits"]) == (2, pytest.approx(17.11, abs=0.01))
    assert evidence["runner_up"]["driver_id"] == "d2"
    assert evidence["runner_up"]["probability"] < 0.01


def test_brothers_one_letter_apart_stay_two_persons(warehouse: Warehouse) -> None:
    shared = {"phone": "955111222", "car_number": "ABC123"}
    driver(warehouse, "b1", full_name="Norman Quispe Mamani", **shared)
    driver(warehouse, "b2", full_name="Yorman Quispe Mamani", **shared)
    lead(warehouse, "l1", "Yorman Quispe Mamani", park_phone="955111222", asset_plate_number="ABC123")
    ingest()
    groups = dict(warehouse.execute("select driver_id, account_group from canon.drivers_index").fetchall())
    assert groups["b1"] != groups["b2"]
    linked = warehouse.execute("select matched_driver_id from ops.v_identity_links where source_pk = 'l1'").fetchone()
    assert linked in (None, ("b2",))


def test_two_accounts_of_one_person_are_one_candidate(warehouse: Warehouse) -> None:
    """Phone and plate agree, and the name but for a married name: no tie for a human to break."""
    shared = {"phone": "955111222", "car_number": "ABC123"}
    driver(warehouse, "a1", full_name="Rosa Elvira Paucar Ticona", park_id="one", **shared)
    driver(warehouse, "a2", full_name="Rosa Elvira Paucar de Huaman", park_id="two", **shared)
    lead(warehouse, "l1", "Rosa Elvira Paucar", park_phone="955111222")
    ingest()
    assert rule_of(warehouse, "l1") == "R1_PHONE_EXACT"


def test_a_name_alone_decides_only_where_words_were_counted(warehouse: Warehouse) -> None:
    """10,000 people more: QUISPE is frequent, the four words of Ana are hers, and her lead of the day before links."""
    driver(warehouse, "d1", full_name=ANA, phone="911222333")
    lead(warehouse, "l1", ANA, park_phone="987654321")
    ingest()
    assert reason_of(warehouse, "l1") == "NO_CANDIDATES"
    assert [candidate["driver_id"] for candidate in candidates(warehouse, "l1")] == ["d1"]
    warehouse.execute(
        "insert into public.drivers (driver_id, full_name, phone, hire_date)"
        " select 'x' || n, 'Quispe Mamani ' || chr(65 + n % 26) || chr(65 + n / 26 % 26) || 'ela', '9' || 10000000 + n,"
        " date '2026-11-01' - n % 600 from generate_series(1, 10000) as n"
    )
    ingest()
    assert warehouse.execute("select people from canon.weights_in_force").fetchone() == (10_001,)
    assert rule_of(warehouse, "l1") == "R5_NAME_AND_HIRE_DATE"


def test_what_is_frequent_is_counted_again_when_people_double(warehouse: Warehouse) -> None:
    insert = (
        "insert into public.drivers (driver_id, full_name, hire_date)"
        " select 'x' || n, 'Quispe Mamani Rosa', '2026-11-01' from generate_series(%s::int, %s::int) as n"
    )
    counted = "select version, people from canon.weights_in_force"
    warehouse.execute(insert, [1, 9_999])
    ingest()
    assert warehouse.execute(counted).fetchone() is None
    warehouse.execute(insert, [10_000, 10_000])
    ingest()
    assert warehouse.execute(counted).fetchone() == (1, 10_000)
    warehouse.execute(insert, [10_001, 19_999])
    ingest()
    assert warehouse.execute(counted).fetchone() == (1, 10_000), "not twice as many yet"
    warehouse.execute(insert, [20_000, 20_000])
    ingest()
    assert warehouse.execute(counted).fetchone() == (2, 20_000)
