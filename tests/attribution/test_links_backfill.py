"""Scouting rows without a driver: a row that matches nobody creates a person, and what happens to it later."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from control_tower.identity import person_backfill as links_step
from tests.attribution.datasets import audit_rows, everything, ledger, person
from tests.identity.crashes import let_time_pass
from tests.identity.results import contested, links, persons, reason_of, rule_of, settled
from tests.identity.sources import driver, lead, scouting
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
ANA, HUGO = "Ana Lucia Torres Vega", "Hugo Salas Paredes"
PHONE, LICENCE = "987654321", "Q12345678"


def audited(warehouse: Warehouse) -> list[tuple[str, str, str]]:
    return warehouse.execute(
        "select source_pk, action_type, match_method from ops.identity_links_backfill_audit order by id"
    ).fetchall()


def person_of(warehouse: Warehouse, row: str) -> str:
    return persons(warehouse)["module_ct_scouting_daily", row]


@pytest.mark.parametrize("keys", [{"driver_phone": PHONE}, {"driver_license": LICENCE}])
def test_a_row_that_nobody_else_has_founds_a_person(warehouse: Warehouse, keys: dict[str, str]) -> None:
    scouting(warehouse, 1, ANA, **keys)
    ingest()
    attribute()
    assert links(warehouse) == {("module_ct_scouting_daily", "1"): ("NEW_PERSON", 50, "LOW")}
    assert audited(warehouse) == [("1", "CREATED", "NEW_PERSON")]
    assert ledger(warehouse)[person_of(warehouse, "1")][:3] == (7, "A", "assigned")
    found = warehouse.execute(
        "select primary_full_name, primary_phone, primary_license from canon.identity_registry"
    ).fetchall()
    assert found == [("ANA LUCIA TORRES VEGA", keys.get("driver_phone"), keys.get("driver_license"))]


def test_rows_of_one_human_found_one_person(warehouse: Warehouse) -> None:
    scouting(warehouse, 1, ANA, driver_phone=PHONE)
    scouting(warehouse, 2, "Torres Ana", driver_phone=PHONE, driver_license=LICENCE)
    scouting(warehouse, 3, None, driver_license=LICENCE, driver_phone="911222333", scout_id=8)
    ingest()
    attribute()
    assert len(set(persons(warehouse).values())) == 1
    assert [rule_of(warehouse, row) for row in "123"] == ["NEW_PERSON", "R1_PHONE_EXACT", "R2_LICENSE_EXACT"]
    assert ledger(warehouse)[person_of(warehouse, "1")].status == "conflict"


@pytest.mark.parametrize("rows_apart", [False, True])
def test_names_that_contradict_on_one_phone_found_nobody_new(warehouse: Warehouse, rows_apart: bool) -> None:
    scouting(warehouse, 1, ANA, driver_phone=PHONE)
    if rows_apart:
        ingest()
        attribute()
    scouting(warehouse, 2, HUGO, driver_phone=PHONE)
    ingest()
    attribute()
    assert rule_of(warehouse, "2") is None
    assert rule_of(warehouse, "1") == ("NEW_PERSON" if rows_apart else None)
    assert audited(warehouse)[-1][1] == "AMBIGUOUS"


@pytest.mark.parametrize("rows_apart", [False, True])
def test_a_row_does_not_join_names_that_contradict(warehouse: Warehouse, rows_apart: bool) -> None:
    scouting(warehouse, 1, ANA, driver_phone=PHONE)
    scouting(warehouse, 2, None, driver_phone=PHONE, driver_license=LICENCE)
    if rows_apart:
        ingest()
        attribute()
    scouting(warehouse, 3, HUGO, driver_license=LICENCE)
    ingest()
    attribute()
    assert rule_of(warehouse, "3") is None
    assert (rule_of(warehouse, "1") is None) is not rows_apart


@pytest.mark.parametrize("licence", [None, LICENCE])
def test_the_phone_of_a_lead_that_is_a_driver_founds_nobody(warehouse: Warehouse, licence: str | None) -> None:
    driver(warehouse, "d1", full_name=ANA, car_number="ABC-123")
    lead(warehouse, "l1", ANA, asset_plate_number="ABC123", park_phone=PHONE)
    scouting(warehouse, 1, ANA, driver_phone=PHONE, driver_license=licence)
    ingest()
    assert rule_of(warehouse, "l1") is not None
    attribute()
    assert rule_of(warehouse, "1") is None
    assert audited(warehouse) == [("1", "AMBIGUOUS", "NONE")]


def test_a_licence_of_one_s_own_founds_a_person_although_the_phone_is_another_s(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, car_number="ABC-123")
    lead(warehouse, "l1", ANA, asset_plate_number="ABC123", park_phone=PHONE)
    scouting(warehouse, 1, HUGO, driver_phone=PHONE, driver_license=LICENCE)
    ingest()
    attribute()
    assert rule_of(warehouse, "1") == "NEW_PERSON"
    assert person_of(warehouse, "1") != persons(warehouse)["module_ct_cabinet_leads", "l1"]


def test_a_shared_phone_links_nobody(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTROL_TOWER_HOT_VALUE_PEOPLE", "2")
    for number, name in enumerate([ANA, HUGO, "Nelly Campos Ruiz"], start=1):
        scouting(warehouse, number, name, driver_phone=PHONE, driver_license=LICENCE if number == 1 else None)
    ingest()
    attribute()
    assert {row: rule_of(warehouse, row) for row in "123"} == {"1": "NEW_PERSON", "2": None, "3": None}
    assert {row[0]: row[1] for row in audited(warehouse)} == {"1": "CREATED", "2": "SKIPPED", "3": "SKIPPED"}


def test_a_row_without_keys_is_skipped(warehouse: Warehouse) -> None:
    scouting(warehouse, 1, ANA)
    scouting(warehouse, 2, ANA, driver_phone=PHONE, registration_date=None)
    ingest()
    attribute()
    assert {reason_of(warehouse, row) for row in "12"} == {"MISSING_KEYS"}
    assert [row[1] for row in audited(warehouse)] == ["SKIPPED", "SKIPPED"]


def test_a_later_row_and_a_later_lead_join_the_person(warehouse: Warehouse) -> None:
    scouting(warehouse, 1, ANA, driver_phone=PHONE)
    lead(warehouse, "l1", ANA, park_phone=PHONE)
    ingest()
    attribute()
    scouting(warehouse, 2, "Ana Torres", driver_phone=PHONE, scout_id=8)
    lead(warehouse, "l2", ANA, park_phone=PHONE)
    for _ in range(2):
        ingest()
        attribute()
    assert set(persons(warehouse).values()) == {person_of(warehouse, "1")}
    assert len(links(warehouse)) == 4
    assert ledger(warehouse)[person_of(warehouse, "1")][::2] == (7, "conflict")


def test_a_created_person_is_not_contested_by_a_full_run(warehouse: Warehouse) -> None:
    scouting(warehouse, 1, ANA, driver_phone=PHONE)
    scouting(warehouse, 2, ANA, driver_phone=PHONE)
    scouting(warehouse, 3, HUGO, driver_license=LICENCE)
    ingest()
    attribute()
    before = everything(warehouse)
    ingest(incremental=False)
    attribute()
    assert contested(warehouse) == {}
    after = everything(warehouse)
    assert {table: len(rows) for table, rows in after.items()} == {table: len(rows) for table, rows in before.items()}
    assert [rule_of(warehouse, row) for row in "123"] == ["NEW_PERSON", "R1_PHONE_EXACT", "NEW_PERSON"]


def test_a_driver_that_arrives_later_is_the_created_person(warehouse: Warehouse) -> None:
    scouting(warehouse, 1, ANA, driver_phone=PHONE)
    ingest()
    attribute()
    created = person_of(warehouse, "1")
    driver(warehouse, "d1", full_name=ANA, phone=PHONE)
    ingest()
    attribute()
    assert rule_of(warehouse, "1") == "R1_PHONE_EXACT"
    assert set(persons(warehouse).values()) == {created}
    assert ledger(warehouse)[created][:3] == (7, "A", "assigned")
    assert contested(warehouse) == {}


@pytest.mark.parametrize("other_scout", [7, 8])
def test_two_created_persons_become_one_and_two_scouts_a_conflict(warehouse: Warehouse, other_scout: int) -> None:
    scouting(warehouse, 1, ANA, driver_phone=PHONE)
    ingest()
    attribute()
    scouting(warehouse, 2, ANA, driver_license=LICENCE, scout_id=other_scout)
    ingest()
    attribute()
    first, second = person_of(warehouse, "1"), person_of(warehouse, "2")
    assert first != second
    driver(warehouse, "d1", full_name=ANA, phone=PHONE, license_number=LICENCE)
    ingest()
    attribute()
    assert set(persons(warehouse).values()) == {first}
    assert warehouse.execute("select person_key::text, survivor_key::text from canon.identity_aliases").fetchall() == [
        (second, first)
    ]
    rows = ledger(warehouse)
    assert set(rows) == {first}
    assert rows[first][:3] == (7, "A", "assigned" if other_scout == 7 else "conflict")
    methods = warehouse.execute(
        "select backfill_method from ops.lead_ledger_scout_backfill_audit order by id"
    ).fetchall()
    assert len(methods) == (2 if other_scout == 7 else 3), "a conflict that merging made is audited, too"
    before = everything(warehouse)
    attribute()
    assert everything(warehouse) == before


def test_audit_rows_are_written_once(warehouse: Warehouse) -> None:
    scouting(warehouse, 1, ANA, driver_phone=PHONE)
    scouting(warehouse, 2, HUGO, driver_phone=PHONE)
    scouting(warehouse, 3, ANA)
    scouting(warehouse, 4, ANA, driver_license=LICENCE)
    ingest()
    attribute()
    before, counts = everything(warehouse), audit_rows(warehouse)
    assert counts[0] == 4
    attribute()
    assert everything(warehouse) == before
    ingest()
    attribute()
    assert audit_rows(warehouse) == counts


@pytest.fixture
def untidy_rows(warehouse: Warehouse) -> Warehouse:
    """Nine rows, some of one person."""
    phones = ("987654321", "987654321", "911222333", "911222333", None, "955444333", "955444333", None, "966555444")
    for number, phone in enumerate(phones, start=1):
        licence = LICENCE if number in (2, 5) else None
        scouting(warehouse, number, ANA, driver_phone=phone, driver_license=licence, scout_id=number % 3)
    ingest()
    return warehouse


def test_the_size_of_batches_and_kills_between_them_do_not_matter(
    untidy_rows: Warehouse, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = untidy_rows.info.dbname
    untidy_rows.close()
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")

    class Killed(BaseException):
        pass

    def story(size: int, killed_after: int | None) -> dict[str, list[str]]:
        name = server.create(template=template)
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(name))
        monkeypatch.setenv("CONTROL_TOWER_BATCH_SIZE", str(size))
        links_step.get_settings.cache_clear()
        with psycopg.connect(server.uri(name), autocommit=True) as connection:
            if killed_after is not None:
                work = links_step.execute_file
                calls = 0

                def execute(*arguments: Any) -> Any:
                    nonlocal calls
                    calls += arguments[1].endswith("write_links.sql")
                    if calls > killed_after:
                        raise Killed
                    return work(*arguments)

                with monkeypatch.context() as patch:
                    patch.setattr(links_step, "execute_file", execute)
                    with pytest.raises(Killed):
                        attribute()
                let_time_pass(connection)
            attribute()
            found = settled(connection)
        server.drop(name)
        return found

    whole = story(1000, None)
    assert story(1, None) == whole
    assert story(2, None) == whole
    assert story(1, 1) == whole
    assert story(2, 1) == whole


def test_a_row_that_somebody_links_at_the_same_moment_is_left_to_them(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    scouting(warehouse, 1, ANA, driver_phone=PHONE)
    scouting(warehouse, 2, HUGO, driver_license=LICENCE)
    ingest()
    other = person(warehouse, 1)
    write = links_step._write

    def write_late(*arguments: Any) -> None:
        warehouse.execute(
            "insert into canon.identity_links (person_key, source_table, source_pk, snapshot_date, match_rule,"
            " match_score, confidence_level) values (%s, 'module_ct_scouting_daily', '1', now(), 'MANUAL', 100, 'HIGH')"
            " on conflict do nothing",
            [other],
        )
        warehouse.execute("update canon.identity_unmatched set status = 'RESOLVED' where source_pk = '1'")
        warehouse.execute("update observational.lead_events set person_key = %s where source_pk = '1'", [other])
        write(*arguments)

    monkeypatch.setattr(links_step, "_write", write_late)
    attribute()
    assert [rule_of(warehouse, row) for row in "12"] == ["MANUAL", "NEW_PERSON"]
    assert warehouse.execute("select count(*) from canon.identity_registry").fetchone() == (2,)
    assert [row[0] for row in audited(warehouse)] == ["2"]
