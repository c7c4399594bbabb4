"""Invalid rows: the run completes, and each record has a reason."""

from __future__ import annotations

import random
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.identity import results, sources
from tests.identity.sources import driver, lead, migration, scouting
from tests.pipeline import ingest

Warehouse = psycopg.Connection[Any]
LEADS, SCOUTING, MIGRATIONS = "module_ct_cabinet_leads", "module_ct_scouting_daily", "module_ct_migrations"

_draw = random.Random(7)
REPEATED = "X" * 10_000
RANDOM = "".join(chr(_draw.randrange(33, 0x2FFF)) for _ in range(10_000))  # 10,000 signs that do not compress
SPACES = "JUAN CARLOS " * 900
EMOJI = "🚕" * 300 + "👨‍👩‍👧‍👦"
CONTROL = "\x01\x02\t\r\n\x1b[31m\x7f\u202e\ufeff\u200b"
RUBBISH = {"repeated": REPEATED, "random": RANDOM, "words": SPACES, "emoji": EMOJI, "control": CONTROL, "empty": ""}

TEXT_COLUMNS = {
    "drivers": [
        *("driver_id", "park_id", "phone", "license_number", "license_normalized_number", "full_name", "first_name"),
        *("middle_name", "last_name", "car_number", "car_normalized_number", "car_brand", "car_model"),
    ],
    LEADS: ["external_id", "park_phone", "asset_plate_number", "asset_model", "first_name", "middle_name", "last_name"],
    SCOUTING: ["driver_name", "driver_phone", "driver_license", "acquisition_method"],
    MIGRATIONS: ["driver_id", "driver_name", "scout_name"],
}


def insert(connection: Warehouse, table: str, row: dict[str, Any]) -> None:
    connection.execute(
        sql.SQL("insert into public.{} ({}) values ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() for _ in row),
        ),
        list(row.values()),
    )


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_in_any_text_column_stops_nothing(foreign: Warehouse, rubbish: str) -> None:
    warehouse, (text, count) = foreign, (RUBBISH[rubbish], 0)
    for table, columns in TEXT_COLUMNS.items():
        for column in [*columns, "all"]:
            count += 1
            row: dict[str, Any] = {name: text for name in columns if column in (name, "all")}
            if table == "drivers":
                row["driver_id"] = text if column == "driver_id" else f"d{count}"
            elif table != LEADS:
                row["id"] = count
            insert(warehouse, table, row)
    driver(warehouse, "d", full_name="Ana Torres Vega", phone="987654321", license_number="Q45678901")
    lead(warehouse, "sound", "Ana Torres", park_phone="987654321", asset_model=text)
    scouting(warehouse, 900, "Ana Torres", driver_phone=text, driver_license="Q45678901")

    ingest()

    assert results.rule_of(warehouse, "sound") == "R1_PHONE_EXACT", "the others go on"
    assert results.rule_of(warehouse, "900") == "R2_LICENSE_EXACT"
    linked, unmatched = (set(found(warehouse)) for found in (results.links, results.unmatched))
    records = warehouse.execute("select source_table, source_pk from canon.source_records").fetchall()
    assert set(records) == {key for key in linked if key[0] != "drivers"} | unmatched
    assert not linked & unmatched
    assert set(results.unmatched(warehouse).values()) == {"MISSING_KEYS", "NO_CANDIDATES"} - (
        {"NO_CANDIDATES"} if rubbish in ("control", "empty") else set()
    )
    before = results.content(warehouse)
    ingest()
    assert results.content(warehouse) == before


STRANGE_DATES = ["infinity", "-infinity", "4713-01-01 BC", "0001-01-01", "1899-12-31", "2202-02-22", "99999-12-31"]


@pytest.mark.parametrize("strange", [None, *STRANGE_DATES, "5874897-12-31"])
def test_a_record_without_a_date_that_can_be_meant_is_unmatched_for_it(
    warehouse: Warehouse, strange: str | None
) -> None:
    driver(warehouse, "d1", full_name="Ana Torres Vega", phone="987654321", car_number="ABC123", hire_date=strange)
    if strange != "5874897-12-31":  # a date, but beyond every timestamp
        lead(warehouse, "l1", "Ana Torres", park_phone="987654321", lead_created_at=strange)
    scouting(warehouse, 1, "Ana Torres", driver_phone="987654321", registration_date=strange)
    migration(warehouse, 1, "d1", hire_date=strange, created_at=None)
    lead(warehouse, "l2", "Ana Torres Vega", asset_plate_number="ABC123")

    ingest()

    open_records = dict.fromkeys(results.unmatched(warehouse).values())
    assert open_records == {"MISSING_KEYS": None}
    assert {(SCOUTING, "1"), (MIGRATIONS, "1")} <= set(results.unmatched(warehouse))
    for (details,) in warehouse.execute("select details from canon.identity_unmatched"):
        assert "date" in details["missing"]
    assert results.rule_of(warehouse, "l2") == "R3B_PLATE_NAME_NO_DATE", "a driver without a usable date still counts"
    dated = warehouse.execute("select source_pk from observational.lead_events").fetchall()
    assert dated == [("l2",)], "no event without a date"


def test_a_migration_without_a_date_takes_that_of_its_entry(warehouse: Warehouse) -> None:
    driver(warehouse, "d1")
    migration(warehouse, 1, "d1", hire_date=None, created_at="2026-11-05 08:00")
    ingest()
    assert results.links(warehouse)[MIGRATIONS, "1"].rule == "DRIVER_DIRECT"
    event = warehouse.execute("select event_date::text from observational.lead_events").fetchall()
    assert event == [("2026-11-05",)]


def test_impossible_dates_in_text_identify_nobody_and_stop_nothing(warehouse: Warehouse) -> None:
    lead(warehouse, "l1", "31/02/2026", park_phone="2026-13-45", asset_plate_number="99-99-9999")
    scouting(warehouse, 1, "0000-00-00", driver_phone="31.11.2026", driver_license="30-02")
    ingest()
    assert set(results.unmatched(warehouse).values()) == {"MISSING_KEYS"}


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"park_phone": "-"},
        {"park_phone": "999999999"},
        {"asset_plate_number": "S/N"},
        {"asset_plate_number": "ABC123", "name": None},
    ],
)
def test_a_record_without_a_usable_key_is_unmatched_for_it(warehouse: Warehouse, columns: dict[str, Any]) -> None:
    lead(warehouse, "l1", **{"name": "Ana Torres Vega", **columns})
    ingest()
    assert results.reason_of(warehouse, "l1") == "MISSING_KEYS"


def test_a_key_that_no_index_can_hold_is_replaced_by_the_row_id(foreign: Warehouse) -> None:
    warehouse = foreign
    driver(warehouse, "d1", full_name="Ana Torres Vega", phone="987654321")
    lead(warehouse, RANDOM, "Ana Torres", park_phone="987654321", id=5)
    ingest()
    assert results.rule_of(warehouse, "5") == "R1_PHONE_EXACT"


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [
        ({"id": 5, "external_id": None}, {"id": 7, "external_id": "5"}, 7),  # it carries the key itself
        ({"id": 7, "external_id": "5"}, {"id": 5, "external_id": None}, 7),
        ({"id": 9, "external_id": "x"}, {"id": 8, "external_id": "x"}, 8),  # then the lower id
        ({"id": 8, "external_id": "x"}, {"id": 9, "external_id": "x"}, 8),
        ({"id": 5, "external_id": RANDOM}, {"id": 7, "external_id": "5"}, 7),
        ({"id": 3, "external_id": ""}, {"id": 4, "external_id": ""}, 3),
    ],
)
def test_of_two_rows_that_claim_one_key_the_same_one_wins_in_every_run(
    foreign: Warehouse, first: dict[str, Any], second: dict[str, Any], winner: int, together: bool
) -> None:
    warehouse = foreign
    for row in (first, second):
        insert(warehouse, LEADS, {**row, "first_name": "Ana Torres", "lead_created_at": "2026-10-30"})
        if not together:
            ingest()
    ingest()
    assert warehouse.execute("select source_row_id from canon.records_index").fetchall() == [(winner,)]
    assert len(results.unmatched(warehouse)) == 1
    before = results.content(warehouse)
    ingest()
    assert results.content(warehouse) == before

    warehouse.execute("delete from public.module_ct_cabinet_leads where id = %s", [winner])
    ingest()
    (row_id,) = warehouse.execute("select source_row_id from canon.records_index").fetchone() or (None,)
    assert row_id != winner, "the other one takes its place"


def test_a_row_that_changes_its_key_is_read_once(warehouse: Warehouse) -> None:
    lead(warehouse, "old", "Ana Torres", park_phone="987654321")
    ingest()
    warehouse.execute("update public.module_ct_cabinet_leads set external_id = 'new'")
    ingest()
    ingest()
    assert (LEADS, "new") in results.unmatched(warehouse)
    ingest()
    evaluated = warehouse.execute("select count(*) from canon.records_this_run").fetchone()
    assert evaluated == (0,), "nobody is evaluated again for nothing"


def test_very_long_names_still_tell_people_apart(warehouse: Warehouse) -> None:
    name = " ".join(f"Nombre{letter}" for letter in "abcdefghij")
    driver(warehouse, "d1", full_name=name + " " + SPACES, phone="987654321")
    driver(warehouse, "d2", full_name="Pedro Huaman Rojas", phone="987654321")
    lead(warehouse, "l1", name, park_phone="987654321")
    ingest()
    assert results.persons(warehouse)[LEADS, "l1"] == results.persons(warehouse)["drivers", "d1"]


def test_html_and_sql_in_names_stay_text(warehouse: Warehouse) -> None:
    name = "Robert'); DROP TABLE public.drivers;-- <script>alert(1)</script> %(run_id)s %s"
    driver(warehouse, "d1", full_name=name, phone="987654321")
    lead(warehouse, "l'1\"%s", name, park_phone="987654321")
    ingest()
    assert results.rule_of(warehouse, "l'1\"%s") == "R1_PHONE_EXACT"
    assert sources.driver(warehouse, "still there") == "still there"
