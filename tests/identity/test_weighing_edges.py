"""Where weighing could go wrong: relatives, former names, counts that grow old, values that too many people carry."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.identity.results import contested, rule_of
from tests.identity.sources import driver, lead, scouting
from tests.identity.test_weighing import candidates
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
ANA = "Ana Lucia Torres Vega"


@pytest.mark.parametrize("surnames", ["Hualparima Quispe", "Ccallo Ttito", "Orccohuayra Huallparima"])
def test_a_brother_is_not_linked_by_the_phone_and_car_of_the_family(warehouse: Warehouse, surnames: str) -> None:
    """Also where the surnames are on no list: what one name has and the other contradicts is the given name."""
    driver(warehouse, "d1", full_name=f"Pedro {surnames}", phone="987654321", car_number="ABC123")
    lead(warehouse, "l1", f"Juan {surnames}", park_phone="987654321", asset_plate_number="ABC123")
    ingest()
    assert rule_of(warehouse, "l1") is None
    assert [candidate["driver_id"] for candidate in candidates(warehouse, "l1")] == ["d1"]


def test_surnames_on_no_list_are_no_given_name(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name="Juan Huallparima Orccohuayra", phone="987654321")
    lead(warehouse, "l1", "Huallparima Orccohuayra", park_phone="987654321")
    ingest()
    assert rule_of(warehouse, "l1") is None


@pytest.mark.parametrize("name", ["Juan Quispe", "Carlos Andres Rodriguez", None])
def test_accounts_of_one_licence_are_one_person_whatever_the_name_proves(
    warehouse: Warehouse, name: str | None
) -> None:
    """A new phone and a new car are the usual second registration."""
    driver(warehouse, "a1", full_name=name, license_number="Q12345678", phone="987654321", car_number="ABC123")
    driver(warehouse, "a2", full_name=name, license_number="Q12345678", phone="912345678", car_number="XYZ987")
    ingest()
    groups = {group for (group,) in warehouse.execute("select account_group from canon.drivers_index")}
    assert groups == {"a1"}


def test_a_driver_who_gets_another_name_lets_go_of_the_records_of_the_former(warehouse: Warehouse) -> None:
    """The candidates are those of one run over everything: nobody is offered by a name that the account lost."""
    driver(warehouse, "d1", full_name=ANA, phone="911222333")
    lead(warehouse, "l1", ANA, park_phone="987654321")
    ingest()
    assert [candidate["driver_id"] for candidate in candidates(warehouse, "l1")] == ["d1"]
    warehouse.execute("update drivers set full_name = 'Pedro Huaman Rojas' where driver_id = 'd1'")
    ingest()
    assert candidates(warehouse, "l1") == []


def test_scouting_rows_of_one_phone_are_one_person_in_one_run_and_in_two(warehouse: Warehouse) -> None:
    scouting(warehouse, 1, ANA, driver_phone="987654321")
    ingest()
    attribute()
    scouting(warehouse, 2, None, driver_phone="987654321")
    ingest()
    assert rule_of(warehouse, "2") == "R1_PHONE_EXACT"
    ingest()
    assert contested(warehouse) == {}


def test_new_weights_of_a_small_fleet_count_nothing(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="911222333")
    lead(warehouse, "l1", ANA, park_phone="987654321")
    warehouse.execute("insert into canon.weights_versions (reason) values ('estimated')")
    ingest()
    assert warehouse.execute("select version, people from canon.weights_in_force").fetchone() == (1, None)
    assert warehouse.execute("select count(*) from canon.value_frequencies").fetchone() == (0,)
    assert rule_of(warehouse, "l1") is None, "a name alone decides only where words were counted"


def test_hires_after_the_count_prove_no_more_than_usual(warehouse: Warehouse) -> None:
    """Counted in June: a hire of August is as close to a lead as hires usually are, not closer than ever seen."""
    warehouse.execute(
        "insert into public.drivers (driver_id, full_name, hire_date)"
        " select 'x' || n, 'Quispe Mamani Rosa', date '2026-06-30' - n % 600 from generate_series(1, 10000) as n"
    )
    ingest()
    shares = dict(
        warehouse.execute(
            "select value, people from canon.value_frequencies where kind = 'hired_close'"
            " and value in ('', '2026-01-15', '2026-06-30', '2026-08-12')"
        ).fetchall()
    )
    usual = shares.pop("")
    assert 550 < usual < 640  # 38 days of 16 or 17 hires, fewer at both ends
    assert shares["2026-01-15"] == 38 * 17
    assert shares["2026-06-30"] == shares["2026-08-12"] == usual


def test_a_licence_that_too_many_people_carry_proves_nothing_in_any_notation(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_HOT_VALUE_PEOPLE", "2")
    for number, name in enumerate(["Hugo Salas Paredes", "Ivan Cruz Leon", "Nelly Campos Ruiz"]):
        scouting(warehouse, number, name, driver_license="12345678")
    driver(warehouse, "d1", full_name=ANA, phone="987654321", license_number="Q12345678")
    scouting(warehouse, 9, "Ana Torres", driver_phone="987654321", driver_license="12345678")
    ingest()
    (weighed,) = warehouse.execute(
        "select license_level, license_bits from canon.weighed_candidates_this_run where source_pk = '9'"
    ).fetchall()
    assert weighed == (None, 0)


def test_a_missing_name_is_a_part_of_the_sum(warehouse: Warehouse) -> None:
    """log2(.005 / .02) = -2."""
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    lead(warehouse, "l1", None, park_phone="987654321")
    ingest()
    (shown,) = candidates(warehouse, "l1")
    assert {"part": "name", "level": "missing", "bits": -2} in shown["weights"]
