"""One story per rule and reason."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.identity.results import contested, links, persons, reason_of, rule_of, unmatched
from tests.identity.sources import driver, lead, migration, scouting
from tests.pipeline import ingest

Warehouse = psycopg.Connection[Any]
ANA = "Ana Lucia Torres Vega"


@pytest.fixture(autouse=True)
def _target_park(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TARGET_PARK_ID", "target")


@pytest.mark.parametrize(
    "written", ["987654321", "+51 987 654 321", "0051987654321", "51987654321", "987-654-321 / 912000111"]
)
def test_the_same_phone_links_whatever_its_notation(warehouse: Warehouse, written: str) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    lead(warehouse, "l1", "Ana Torres", park_phone=written)
    ingest()
    assert rule_of(warehouse, "l1") == "R1_PHONE_EXACT"
    assert persons(warehouse)["module_ct_cabinet_leads", "l1"] == persons(warehouse)["drivers", "d1"]


def test_the_same_licence_links_a_scouting_row(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, license_number="Q12345678")
    scouting(warehouse, 1, "TORRES VEGA ANA", driver_license="q-12345678")
    ingest()
    link = links(warehouse)["module_ct_scouting_daily", "1"]
    assert (link.rule, link.score, link.confidence) == ("R2_LICENSE_EXACT", 92, "HIGH")


@pytest.mark.parametrize(
    ("hired", "rule"),
    [
        ("2026-08-01", "R3_PLATE_EXACT_NAME_SIMILAR"),  # 90 days before the lead of 2026-10-30: just inside
        ("2026-07-31", "R3B_PLATE_NAME_NO_DATE"),
        ("2026-11-29", "R3_PLATE_EXACT_NAME_SIMILAR"),  # 30 days after: just inside
        ("2026-11-30", "R3B_PLATE_NAME_NO_DATE"),
        (None, "R3B_PLATE_NAME_NO_DATE"),
    ],
)
def test_the_same_plate_and_a_similar_name_link(warehouse: Warehouse, hired: str | None, rule: str) -> None:
    driver(warehouse, "d1", full_name=ANA, car_number="ABC-123", hire_date=hired)
    lead(warehouse, "l1", "Torres Ana Lucia", asset_plate_number="abc123")
    ingest()
    assert rule_of(warehouse, "l1") == rule


@pytest.mark.parametrize(
    ("hired", "park", "outcome"),
    [
        ("2026-09-30", "target", "R4_CAR_FINGERPRINT_NAME_SIMILAR"),  # 30 days before the lead
        ("2026-09-29", "target", "NO_CANDIDATES"),
        ("2026-11-06", "target", "R4_CAR_FINGERPRINT_NAME_SIMILAR"),  # 7 days after
        ("2026-11-07", "target", "NO_CANDIDATES"),
        ("2026-11-01", "other", "NO_CANDIDATES"),
        (None, "target", "NO_CANDIDATES"),
    ],
)
def test_the_same_car_model_and_a_very_similar_name_link_in_the_window(
    warehouse: Warehouse, hired: str | None, park: str, outcome: str
) -> None:
    driver(warehouse, "d1", full_name=ANA, car_brand="Toyota", car_model="Yaris", hire_date=hired, park_id=park)
    lead(warehouse, "l1", "TORRES VEGA ANA LUCIA", asset_model="Toyota Yaris")
    ingest()
    assert outcome in (rule_of(warehouse, "l1"), reason_of(warehouse, "l1"))


def test_a_migration_links_by_the_driver_id_that_it_carries(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA)
    migration(warehouse, 1, "d1", driver_name="somebody else entirely")
    migration(warehouse, 2, "nobody")
    migration(warehouse, 3, None)
    ingest()
    assert links(warehouse)["module_ct_migrations", "1"] == ("DRIVER_DIRECT", 100, "HIGH")
    assert unmatched(warehouse) == {
        ("module_ct_migrations", "2"): "NO_CANDIDATES",
        ("module_ct_migrations", "3"): "MISSING_KEYS",
    }


def test_a_clearly_different_name_vetoes_the_same_phone(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name="Pedro Huaman Rojas", phone="987654321")
    lead(warehouse, "l1", ANA, park_phone="987654321")
    ingest()
    assert reason_of(warehouse, "l1") == "NAME_CONTRADICTION"
    assert ("drivers", "d1") not in links(warehouse)


def test_no_name_to_compare_is_no_contradiction(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name="Pedro Huaman Rojas", phone="987654321")
    lead(warehouse, "l1", None, park_phone="987654321")
    ingest()
    assert reason_of(warehouse, "l1") == "WEAK_MATCH_ONLY"


def test_the_veto_breaks_the_tie_of_a_family_phone(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name="Pedro Torres Vega", phone="987654321")
    driver(warehouse, "d2", full_name=ANA, phone="987654321")
    lead(warehouse, "l1", "Ana Lucia Torres", park_phone="987654321")
    ingest()
    assert rule_of(warehouse, "l1") == "R1_PHONE_EXACT"
    assert persons(warehouse)["module_ct_cabinet_leads", "l1"] == persons(warehouse)["drivers", "d2"]
    assert ("drivers", "d1") not in links(warehouse)


def test_several_persons_are_never_a_guess(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name="Pedro Huaman Rojas", phone="987654321")
    driver(warehouse, "d2", full_name=ANA, phone="987654321")
    lead(warehouse, "l1", None, park_phone="987654321")
    ingest()
    assert reason_of(warehouse, "l1") == "MULTIPLE_CANDIDATES"
    row = warehouse.execute("select candidates_preview from canon.identity_unmatched").fetchone()
    assert row is not None
    assert {candidate["driver_id"] for candidate in row[0]} == {"d1", "d2"}
    assert all(candidate["score"] == 95 for candidate in row[0])


def test_rules_that_point_to_different_persons_are_no_guess_either(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    driver(warehouse, "d2", full_name="Ana Torres Vega", car_number="ABC123", license_number="Q12345678")
    lead(warehouse, "l1", ANA, park_phone="987654321", asset_plate_number="ABC123")
    ingest()
    assert reason_of(warehouse, "l1") == "MULTIPLE_CANDIDATES"


def test_two_accounts_of_one_person_are_one_candidate_and_both_get_the_link(warehouse: Warehouse) -> None:
    driver(warehouse, "a-other", full_name=ANA, phone="987654321", license_number="Q12345678", park_id="other")
    driver(
        warehouse,
        "b-target",
        full_name="Torres Ana",
        phone="987654321",
        license_number="Q12345678",
        park_id="target",
    )
    lead(warehouse, "l1", "Ana Torres", park_phone="987654321")
    ingest()
    of = persons(warehouse)
    assert of["module_ct_cabinet_leads", "l1"] == of["drivers", "a-other"] == of["drivers", "b-target"]
    row = warehouse.execute("select matched_driver_id from canon.identity_links where source_pk = 'l1'").fetchone()
    assert row == ("b-target",), "the target park wins between equals"


@pytest.mark.parametrize(("people", "rule"), [(5, "R1_PHONE_EXACT"), (6, None)])
def test_a_phone_that_more_than_a_handful_of_people_carry_is_no_evidence(
    warehouse: Warehouse, people: int, rule: str | None
) -> None:
    names = [
        "Rosa Mamani Choque",
        "Hugo Salas Paredes",
        "Ivan Cruz Leon",
        "Nelly Campos Ruiz",
        "Omar Diaz Lujan",
    ]
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    for number, name in enumerate(names[: people - 1]):
        lead(warehouse, f"other{number}", name, park_phone="987654321")
    lead(warehouse, "l1", "Ana Torres", park_phone="987654321")
    ingest()
    assert rule_of(warehouse, "l1") == rule
    assert reason_of(warehouse, "l1") == (None if rule else "NO_CANDIDATES")


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"park_phone": "987654321", "lead_created_at": None}, "MISSING_KEYS"),
        ({"park_phone": None}, "MISSING_KEYS"),
        ({"park_phone": "999999999"}, "MISSING_KEYS"),
        ({"park_phone": "911222333"}, "NO_CANDIDATES"),
        ({"asset_plate_number": "ABC123"}, "WEAK_MATCH_ONLY"),
    ],
)
def test_who_cannot_be_linked_has_a_reason(warehouse: Warehouse, columns: dict[str, Any], reason: str) -> None:
    driver(warehouse, "d1", full_name="Maria Torres Vega", phone="987654321", car_number="ABC123")
    lead(warehouse, "l1", "Maria" if "asset_plate_number" in columns else ANA, **columns)
    ingest()
    assert reason_of(warehouse, "l1") == reason


def test_a_driver_that_appears_later_gets_the_open_lead(warehouse: Warehouse) -> None:
    lead(warehouse, "l1", ANA, park_phone="987654321")
    ingest()
    assert reason_of(warehouse, "l1") == "NO_CANDIDATES"
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    ingest()
    assert rule_of(warehouse, "l1") == "R1_PHONE_EXACT"
    assert unmatched(warehouse) == {}


def test_a_driver_that_changes_its_phone_gets_the_open_lead(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="911222333")
    lead(warehouse, "l1", ANA, park_phone="987654321")
    ingest()
    assert reason_of(warehouse, "l1") == "NO_CANDIDATES"
    warehouse.execute("update drivers set phone = '987654321' where driver_id = 'd1'")
    ingest()
    assert rule_of(warehouse, "l1") == "R1_PHONE_EXACT"


def test_an_edited_lead_is_evaluated_again(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    lead(warehouse, "l1", ANA, park_phone="98765432")
    ingest()
    warehouse.execute("update module_ct_cabinet_leads set park_phone = '987654321'")
    ingest()
    assert rule_of(warehouse, "l1") == "R1_PHONE_EXACT"


@pytest.mark.parametrize("later", ["second driver", "other phone", "shared value"])
def test_a_link_that_stands_is_contested_but_not_undone(warehouse: Warehouse, later: str) -> None:
    driver(warehouse, "d1", full_name="Ana Torres", phone="987654321")
    lead(warehouse, "l1", "Ana Torres", park_phone="987654321")
    ingest()
    before = persons(warehouse)["module_ct_cabinet_leads", "l1"]
    if later == "second driver":
        driver(warehouse, "d2", full_name="Ana Torres Vega", phone="987654321", license_number="Q12345678")
        warehouse.execute("update drivers set license_number = 'Q87654321' where driver_id = 'd1'")
    elif later == "other phone":
        warehouse.execute("update drivers set phone = '911222333' where driver_id = 'd1'")
    else:
        names = [
            "Rosa Mamani Choque",
            "Hugo Salas Paredes",
            "Ivan Cruz Leon",
            "Nelly Campos Ruiz",
            "Omar Diaz Lujan",
        ]
        for number, name in enumerate(names):
            lead(warehouse, f"other{number}", name, park_phone="987654321")
    ingest()
    assert persons(warehouse)["module_ct_cabinet_leads", "l1"] == before
    expected = "MULTIPLE_CANDIDATES" if later == "second driver" else "NO_CANDIDATES"
    assert contested(warehouse)["module_ct_cabinet_leads", "l1"] == expected


def test_a_contest_ends_when_the_evidence_agrees_again(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name="Ana Torres", phone="987654321")
    lead(warehouse, "l1", "Ana Torres", park_phone="987654321")
    ingest()
    warehouse.execute("update drivers set phone = '911222333'")
    ingest()
    assert contested(warehouse)
    warehouse.execute("update drivers set phone = '987654321'")
    ingest()
    assert contested(warehouse) == {}


def test_a_human_decision_is_never_reopened(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    lead(warehouse, "linked", "Pedro Huaman", park_phone="987654321")
    lead(warehouse, "ignored", "Rosa Mamani", park_phone="987654321")
    lead(warehouse, "l1", ANA, park_phone="987654321")
    ingest()
    person = persons(warehouse)["drivers", "d1"]
    warehouse.execute(
        "insert into canon.identity_links (person_key, source_table, source_pk, snapshot_date, match_rule, match_score,"
        " confidence_level) values (%s, 'module_ct_cabinet_leads', 'linked', now(), 'MANUAL', 100, 'HIGH')",
        [person],
    )
    warehouse.execute("delete from canon.identity_unmatched where source_pk = 'linked'")
    warehouse.execute("update canon.identity_unmatched set status = 'IGNORED' where source_pk = 'ignored'")
    warehouse.execute("update drivers set full_name = 'Rosa Mamani' where driver_id = 'd1'")
    ingest()
    ingest(incremental=False)
    assert rule_of(warehouse, "linked") == "MANUAL"
    assert reason_of(warehouse, "ignored") == "NAME_CONTRADICTION"
    row = warehouse.execute("select status::text from canon.identity_unmatched where source_pk = 'ignored'").fetchone()
    assert row == ("IGNORED",)
    assert set(contested(warehouse)) == {("module_ct_cabinet_leads", "l1")}


def test_persons_created_for_scouting_rows_become_one_when_a_driver_joins_them(
    warehouse: Warehouse,
) -> None:
    scouting(warehouse, 1, ANA, driver_phone="987654321")
    scouting(warehouse, 2, ANA, driver_license="Q12345678", scout_id=8)
    ingest()
    created = {"1": "2026-10-01", "2": "2026-10-02"}
    for source_pk, created_at in created.items():
        warehouse.execute("delete from canon.identity_unmatched where source_pk = %s", [source_pk])
        warehouse.execute(
            "with person as (insert into canon.identity_registry (person_key, confidence_level, created_at)"
            " values (gen_random_uuid(), 'LOW', %s) returning person_key),"
            " event as (update observational.lead_events set person_key = (select person_key from person)"
            " where source_pk = %s)"
            " insert into canon.identity_links (person_key, source_table, source_pk, snapshot_date, match_rule,"
            " match_score, confidence_level) select person_key, 'module_ct_scouting_daily', %s, now(), 'NEW_PERSON',"
            " 50, 'LOW' from person",
            [created_at, source_pk, source_pk],
        )
    oldest = persons(warehouse)["module_ct_scouting_daily", "1"]
    retired = persons(warehouse)["module_ct_scouting_daily", "2"]
    driver(warehouse, "d1", full_name=ANA, phone="987654321", license_number="Q12345678")
    ingest()
    assert set(persons(warehouse).values()) == {oldest}
    assert rule_of(warehouse, "1") == "R1_PHONE_EXACT"
    assert rule_of(warehouse, "2") == "R2_LICENSE_EXACT"
    assert warehouse.execute("select person_key::text, survivor_key::text from ops.v_merged_persons").fetchall() == [
        (retired, oldest)
    ]
    people = warehouse.execute("select distinct person_key::text from observational.lead_events").fetchall()
    assert people == [(oldest,)]
