"""A record is recognised by what it says: overwritten rows, reloads with other numbers, rows that are gone."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from control_tower.decisions import Author, resolve_unmatched_lead
from tests.identity import results, sources
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
SCOUTING = "module_ct_scouting_daily"
PEOPLE = (
    ("Ana Torres Vega", "987654321"),
    ("Eva Soto Lima", "933222111"),
    ("Luis Rojas Paz", "912345678"),
    ("Rosa Melgar Pinto", "955444333"),
)


def fleet(warehouse: Warehouse) -> None:
    """Four drivers, and a scouting row of scout 1 to 4 about each of them."""
    for number, (name, phone) in enumerate(PEOPLE, start=1):
        sources.driver(warehouse, f"d{number}", full_name=name, phone=phone)
        sources.scouting(warehouse, number, name, driver_phone=phone, scout_id=number)


def reload(warehouse: Warehouse, numbers: dict[int, int]) -> None:
    """Load the scouting rows again under other numbers; those without one are left out."""
    rows = warehouse.execute(f"select * from public.{SCOUTING}".encode()).fetchall()
    warehouse.execute(f"truncate public.{SCOUTING}".encode())
    for row in rows:
        if row[0] in numbers:
            values = [numbers[row[0]], *row[1:]]
            places = ", ".join(["%s"] * len(values))
            warehouse.execute(f"insert into public.{SCOUTING} values ({places})".encode(), values)


def people(warehouse: Warehouse) -> dict[str, tuple[Any, ...]]:
    """Person and scout of each scouting event, by the name that it carries."""
    rows = warehouse.execute(
        "select payload_json ->> 'driver_name', person_key::text, scout_id from observational.lead_events"
        " where source_table = %s",
        [SCOUTING],
    ).fetchall()
    assert len({row[0] for row in rows}) == len(rows), "nobody has two events"
    return {row[0]: row[1:] for row in rows}


def names_by_key(warehouse: Warehouse) -> dict[str, str]:
    """The name that each scouting event carries, by its key."""
    return dict(
        warehouse.execute(
            "select source_pk, payload_json ->> 'driver_name' from observational.lead_events where source_table = %s",
            [SCOUTING],
        ).fetchall()
    )


def stats(warehouse: Warehouse, run_id: int) -> dict[str, Any]:
    row = warehouse.execute("select stats from ops.ingestion_runs where id = %s", [run_id]).fetchone()
    assert row is not None
    return dict(row[0])


def overwrite_ana(warehouse: Warehouse) -> None:
    """The sheet row of Ana, whom no scout claims, says Eva and scout 9 now; Ana drives six trips a day."""
    sources.driver(warehouse, "dA", full_name="Ana Torres Vega", phone="987654321")
    sources.driver(warehouse, "dE", full_name="Eva Soto Lima", phone="933222111")
    sources.scouting(warehouse, 1, "Ana Torres Vega", driver_phone="987654321", scout_id=None)
    ingest()
    attribute()
    warehouse.execute(
        f"update public.{SCOUTING} set driver_name = 'Eva Soto Lima', driver_phone = '933222111', scout_id = 9".encode()
    )
    warehouse.execute(
        "insert into public.summary_daily (driver_id, date_file, count_orders_completed)"
        " select 'dA', to_char(date '2026-10-30' + g, 'DD-MM-YYYY'), 6 from generate_series(0, 5) as g"
    )
    ingest()
    attribute()


def payable(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return warehouse.execute("select scout_id, amount_payable from ops.v_scout_payment_base").fetchall()


def test_an_overwritten_row_pays_nobody_for_the_person_before(warehouse: Warehouse) -> None:
    overwrite_ana(warehouse)
    assert payable(warehouse) == [], "scout 9 never claimed Ana"
    assert results.contested(warehouse) == {(SCOUTING, "1"): "REPLACED_RECORD"}
    row = warehouse.execute(
        "select content_before ->> 'driver_name', content_now ->> 'driver_name', content_now ->> 'scout_id',"
        " candidates #>> '{0,driver_id}' from ops.v_identity_contested"
    ).fetchone()
    assert row == ("Ana Torres Vega", "Eva Soto Lima", "9", "dE")
    before = results.content(warehouse)
    run_id = ingest(incremental=False)
    attribute()
    assert results.content(warehouse) == before, "and it stays so"
    assert stats(warehouse, run_id)["replaced"] == 0


def test_a_row_set_right_again_is_contested_no_more(warehouse: Warehouse) -> None:
    overwrite_ana(warehouse)
    warehouse.execute(
        f"update public.{SCOUTING} set driver_name = 'ANA TORRES', driver_phone = '987 654 321',"
        " scout_id = null".encode()
    )
    ingest()
    assert results.contested(warehouse) == {}
    assert warehouse.execute("select count(*) from canon.replaced_records").fetchone() == (0,)
    assert people(warehouse)["ANA TORRES"][1] is None


def test_an_open_record_that_is_overwritten_is_simply_another(warehouse: Warehouse) -> None:
    sources.driver(warehouse, "dE", full_name="Eva Soto Lima", phone="933222111")
    sources.scouting(warehouse, 1, "Nadie Conocido", scout_id=3, driver_phone="999888777")
    ingest()
    assert results.reason_of(warehouse, "1") == "NO_CANDIDATES"
    warehouse.execute(
        f"update public.{SCOUTING} set driver_name = 'Eva Soto Lima', driver_phone = '933222111', scout_id = 9".encode()
    )
    ingest()
    assert results.rule_of(warehouse, "1") == "R1_PHONE_EXACT"
    assert results.contested(warehouse) == {}
    assert people(warehouse)["Eva Soto Lima"][1] == 9


def test_a_table_reloaded_with_new_numbers_every_night_stays_as_it_was(warehouse: Warehouse) -> None:
    fleet(warehouse)
    ingest()
    attribute()
    before, links = people(warehouse), results.links(warehouse)
    ledger = warehouse.execute("select person_key, attributed_scout_id from observational.lead_ledger order by 1")
    known = ledger.fetchall()
    for numbers in (
        {1: 11, 2: 12, 3: 13, 4: 14},  # new numbers
        {11: 12, 12: 13, 13: 14, 14: 11},  # turned round
        {11: 1, 12: 2, 13: 12, 14: 11},  # some of each
    ):
        reload(warehouse, numbers)
        run_id = ingest()
        attribute()
        assert stats(warehouse, run_id)["rekeyed"] == 4
        assert people(warehouse) == before
        assert len(results.links(warehouse)) == len(links)
        assert results.contested(warehouse) == {}
        rows = dict(warehouse.execute(f"select id::text, driver_name from public.{SCOUTING}".encode()).fetchall())
        assert names_by_key(warehouse) == rows
    assert (
        warehouse.execute("select person_key, attributed_scout_id from observational.lead_ledger order by 1").fetchall()
        == known
    )
    audited = warehouse.execute(
        "select count(*), count(person_key), count(distinct ingestion_run_id) from ops.identity_links_backfill_audit"
        " where action_type = 'REKEYED'"
    ).fetchone()
    assert audited == (12, 12, 3)
    assert warehouse.execute("select check_name from ops.check_results where status <> 'OK'").fetchall() == []


def test_rows_that_moved_up_keep_their_records(warehouse: Warehouse) -> None:
    """Row 1 is deleted and the others are numbered anew: its record keeps link and event under a key of its own."""
    fleet(warehouse)
    ingest()
    attribute()
    before = people(warehouse)
    reload(warehouse, {2: 1, 3: 2, 4: 3})
    run_id = ingest()
    attribute()
    assert people(warehouse) == before
    names = names_by_key(warehouse)
    assert [names[key] for key in "123"] == [name for name, _ in PEOPLE[1:]]
    assert names["1#1"] == "Ana Torres Vega"
    assert {key: stats(warehouse, run_id)[key] for key in ("rekeyed", "replaced", "gone")} == {
        "rekeyed": 3,
        "replaced": 0,
        "gone": 1,
    }


def test_a_table_seen_empty_and_reloaded_later_has_the_same_records(warehouse: Warehouse) -> None:
    fleet(warehouse)
    sources.scouting(warehouse, 5, "Nadie Conocido")
    ingest()
    before = people(warehouse)
    reload(warehouse, {})
    for row_id in (5,):
        assert results.reason_of(warehouse, str(row_id)) == "MISSING_KEYS"
    run_id = ingest()
    assert stats(warehouse, run_id)["gone"] == 5
    assert results.reason_of(warehouse, "5") is None
    assert warehouse.execute("select reason_code, status::text from canon.identity_unmatched").fetchall() == [
        ("SOURCE_GONE", "RESOLVED")
    ]
    assert people(warehouse) == before
    assert stats(warehouse, ingest(incremental=False))["gone"] == 0
    for number, (name, phone) in enumerate(PEOPLE, start=21):
        sources.scouting(warehouse, number, name, driver_phone=phone, scout_id=number - 20)
    sources.scouting(warehouse, 25, "Nadie Conocido")
    ingest()
    attribute()
    assert people(warehouse) == before
    assert results.reason_of(warehouse, "25") == "MISSING_KEYS"
    assert len(results.links(warehouse)) == 8


def test_a_run_of_some_dates_misses_no_row(warehouse: Warehouse) -> None:
    fleet(warehouse)
    ingest()
    reload(warehouse, {1: 1, 2: 2})
    run_id = ingest(date_from="2030-01-01")
    assert stats(warehouse, run_id)["gone"] == 0
    assert stats(warehouse, ingest())["gone"] == 2


def decide(warehouse: Warehouse, **choice: Any) -> None:
    """A human decides on the overwritten row; the next runs leave it so."""
    author = Author("ana.lopez", None)
    resolve_unmatched_lead(SCOUTING, "1", reason="called the scout", author=author, **choice)
    for _ in range(2):
        ingest()
        attribute()
    ingest(incremental=False)
    assert results.contested(warehouse) == {}


def test_an_overwritten_row_can_be_the_same_person_corrected(warehouse: Warehouse) -> None:
    """Scout 9 did bring Ana: 36 trips within 7 days are 20 + 25 + 55 = 100."""
    overwrite_ana(warehouse)
    decide(warehouse, person_key=results.persons(warehouse)[SCOUTING, "1"])
    assert payable(warehouse) == [(9, 100)]
    assert set(names_by_key(warehouse)) == {"1"}


def test_an_overwritten_row_can_be_another_person(warehouse: Warehouse) -> None:
    """Scout 9 brought Eva, who has not driven; Ana's record keeps its link and its event without a scout."""
    overwrite_ana(warehouse)
    ana = results.persons(warehouse)[SCOUTING, "1"]
    decide(warehouse, driver_id="dE")
    persons = results.persons(warehouse)
    assert persons["drivers", "dA"] == persons[SCOUTING, "1#1"] == ana
    assert persons["drivers", "dE"] == persons[SCOUTING, "1"] != ana
    assert payable(warehouse) == [(9, 0)]
    assert people(warehouse) == {
        "Ana Torres Vega": (ana, None),
        "Eva Soto Lima": (persons[SCOUTING, "1"], 9),
    }
    assert warehouse.execute(
        "select person_key::text, evidence_json ->> 'former_source_pk' from ops.identity_links_backfill_audit"
        " where action_type = 'REKEYED' and source_pk = '1#1'"
    ).fetchall() == [(ana, "1")]


@pytest.mark.parametrize("choice", ["same", "other", "nobody"])
def test_a_decision_on_an_overwritten_row_can_be_undone(warehouse: Warehouse, choice: str) -> None:
    overwrite_ana(warehouse)
    before, events = results.persons(warehouse), people(warehouse)
    ana = before[SCOUTING, "1"]
    choices: dict[str, dict[str, Any]] = {
        "same": {"person_key": ana},
        "other": {"driver_id": "dE"},
        "nobody": {"ignore": True},
    }
    decide(warehouse, **choices[choice])
    (decision,) = warehouse.execute("select max(id) from ops.human_decisions").fetchone() or (0,)
    resolve_unmatched_lead(SCOUTING, "1", undo_decision=decision, reason="a slip", author=Author("ana.lopez", None))
    for _ in range(2):
        ingest()
        attribute()
        assert results.persons(warehouse) == before
        assert people(warehouse) == events
        assert results.contested(warehouse) == {(SCOUTING, "1"): "REPLACED_RECORD"}
        assert payable(warehouse) == []
    decide(warehouse, driver_id="dE")
    assert payable(warehouse) == [(9, 0)], "and it can be decided again"


def test_an_overwritten_row_can_be_nobody(warehouse: Warehouse) -> None:
    overwrite_ana(warehouse)
    ana = results.persons(warehouse)[SCOUTING, "1"]
    decide(warehouse, ignore=True)
    assert results.persons(warehouse) == {("drivers", "dA"): ana, (SCOUTING, "1#1"): ana}
    assert results.unmatched(warehouse) == {(SCOUTING, "1"): "HUMAN_DECISION"}
    assert payable(warehouse) == []


def test_a_record_that_a_human_set_aside_is_asked_about_again_when_its_row_is_overwritten(warehouse: Warehouse) -> None:
    sources.driver(warehouse, "dE", full_name="Eva Soto Lima", phone="933222111")
    sources.scouting(warehouse, 1, "Nadie Conocido", driver_phone="999888777")
    ingest()
    decide(warehouse, ignore=True)
    warehouse.execute(
        f"update public.{SCOUTING} set driver_name = 'Eva Soto Lima', driver_phone = '933222111'".encode()
    )
    ingest()
    assert results.contested(warehouse) == {(SCOUTING, "1"): "REPLACED_RECORD"}
    status = "select source_pk, status::text from canon.identity_unmatched where status <> 'RESOLVED'"
    assert warehouse.execute(status).fetchall() == [("1", "IGNORED")]
    decide(warehouse, driver_id="dE")
    assert results.rule_of(warehouse, "1") == "MANUAL"
    assert warehouse.execute(status).fetchall() == [("1#1", "IGNORED")]


def test_an_overwritten_row_whose_old_content_turns_up_again_has_moved(warehouse: Warehouse) -> None:
    """Half a sorted sheet was read: Ana's content comes back under another number, so row 1 is a record of its own."""
    overwrite_ana(warehouse)
    ana = results.persons(warehouse)[SCOUTING, "1"]
    sources.scouting(warehouse, 7, "Ana Torres Vega", driver_phone="987654321", scout_id=None)
    ingest()
    attribute()
    persons = results.persons(warehouse)
    assert persons[SCOUTING, "7"] == ana
    assert persons[SCOUTING, "1"] == persons["drivers", "dE"] != ana
    assert results.contested(warehouse) == {}
    assert set(names_by_key(warehouse)) == {"1", "7"}
