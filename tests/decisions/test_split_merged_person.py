"""Undoing a merge: both persons as they were, later rows decided again, and nothing merged a second time."""

from __future__ import annotations

import json
import uuid
from typing import Any

import psycopg
import pytest

from control_tower.decisions import Split, resolve_scout_conflict, resolve_unmatched_lead, split_merged_person
from control_tower.decisions.transaction import Author
from control_tower.errors import (
    ChoiceUnclear,
    DecidedSince,
)
from tests.decisions.merged_persons import (
    ANA,
    LICENCE,
    PHONE,
    Merged,
    as_they_were,
    become_one,
    many_runs,
)
from tests.decisions.state import ROSA, Position, broken_checks, everything, person_of, person_of_event, position, rows
from tests.identity.results import contested, reason_of, rule_of
from tests.identity.sources import driver, lead, scouting
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
SCOUTING = "module_ct_scouting_daily"


@pytest.fixture(scope="module")
def after_merge(told: Any) -> tuple[str, tuple[Merged, str]]:
    """Name of the database that most tests start from, the merged persons and what they were."""
    return told(become_one)


@pytest.fixture
def beginning(after_merge: tuple[str, Any]) -> str:
    return after_merge[0]


@pytest.fixture
def both(after_merge: tuple[str, tuple[Merged, str]]) -> Merged:
    return after_merge[1][0]


@pytest.fixture
def before(after_merge: tuple[str, tuple[Merged, str]]) -> str:
    """What the two persons were before they were merged."""
    return after_merge[1][1]


def test_both_persons_are_what_they_were_and_stay_so(warehouse: Warehouse, both: Merged, before: str) -> None:
    found = split_merged_person(both.retired, "two sisters", author=ROSA, dry_run=False)

    assert found == Split(both.retired, both.survivor, False, 1, 1, 0, found.rows)
    assert json.dumps(as_they_were(warehouse, *both), default=str) == before
    assert (person_of_event(warehouse, "1"), person_of_event(warehouse, "2")) == both
    assert person_of(warehouse, "d1") is None, "only the merge had brought that account"
    assert rows(warehouse, "select * from canon.identity_aliases") == []
    assert broken_checks(warehouse) == {}

    many_runs(warehouse)
    assert (person_of(warehouse, "1"), person_of(warehouse, "2")) == both
    assert person_of(warehouse, "d1") is None
    assert set(contested(warehouse)) == {(SCOUTING, "1"), (SCOUTING, "2")}, "the driver is a case for review"
    named = warehouse.execute("select candidates from ops.v_identity_contested where source_table = %s", [SCOUTING])
    for (candidates,) in named.fetchall():
        assert len({candidate["person_key"] for candidate in candidates}) == 2, "with both persons"
    assert position(warehouse, both.survivor) == Position(1, "A", "assigned")
    assert position(warehouse, both.retired) == Position(2, "A", "assigned")
    scouts = rows(warehouse, "select person_key::text, scout_id, is_conflict from ops.v_scout_attribution")
    assert {(row["person_key"], row["scout_id"], row["is_conflict"]) for row in scouts} == {
        (both.survivor, 1, False),
        (both.retired, 2, False),
    }


def test_it_is_recorded_for_both_persons_and_each_row_is_audited(warehouse: Warehouse, both: Merged) -> None:
    split_merged_person(both.retired, " two sisters ", author=Author("rosa", "manual__1"), dry_run=False)
    decisions = rows(warehouse, "select * from ops.human_decisions order by id")
    assert [(str(row["person_key"]), row["kind"], row["decided_by"], row["reason"]) for row in decisions] == [
        (both.retired, "split_merged_person", "rosa", "two sisters"),
        (both.survivor, "split_merged_person", "rosa", "two sisters"),
    ]
    assert decisions[1]["before"]["ledger"]["decision_status"] == "conflict"
    assert decisions[1]["after"]["ledger"]["decision_status"] == "assigned"
    links = rows(warehouse, "select * from ops.identity_links_backfill_audit where match_method = 'SPLIT' order by id")
    assert [(row["source_pk"], row["action_type"], str(row["person_key"])) for row in links] == [
        ("1", "REVERTED", both.survivor),
        ("2", "REVERTED", both.retired),
        ("d1", "REMOVED", both.survivor),
    ]
    ledger = rows(
        warehouse, "select * from ops.lead_ledger_scout_backfill_audit where backfill_method = 'SPLIT' order by id"
    )
    assert {
        (str(row["person_key"]), row["old_attributed_scout_id"], row["new_attributed_scout_id"]) for row in ledger
    } == {
        (both.survivor, 1, 1),
        (both.retired, None, 2),
    }
    assert {row["notes"] for row in [*links, *ledger]} == {"decided by rosa: two sisters"}


def test_a_dry_run_shows_what_returns_where_and_writes_nothing(warehouse: Warehouse, both: Merged) -> None:
    state = everything(warehouse)
    trial = split_merged_person(both.retired, "two sisters", author=ROSA)
    assert everything(warehouse) == state
    assert trial.dry_run
    told = {(row["source_pk"], row["outcome"], row["from_person"], row["to_person"]) for row in trial.rows}
    assert told == {
        ("1", "restored", both.survivor, both.survivor),
        ("2", "returns", both.survivor, both.retired),
        ("d1", "decided again", both.survivor, None),
        (None, "restored", both.survivor, both.survivor),
        (None, "restored", both.retired, both.retired),
    }
    done = split_merged_person(both.retired, "two sisters", author=ROSA, dry_run=False)
    assert [row | {"after": None} for row in done.rows] == [row | {"after": None} for row in trial.rows]


def test_what_was_linked_since_is_decided_again(warehouse: Warehouse, both: Merged) -> None:
    lead(warehouse, "l1", ANA, park_phone=PHONE)
    scouting(warehouse, 3, ANA, driver_license=LICENCE, scout_id=2)
    ingest()
    attribute()
    assert {person_of(warehouse, "l1"), person_of(warehouse, "3")} == {both.survivor}
    found = split_merged_person(both.retired, "two sisters", author=ROSA, dry_run=False)
    assert (found.returned, found.decided_again) == (1, 3)
    assert (person_of(warehouse, "l1"), person_of_event(warehouse, "l1")) == (None, None)
    assert reason_of(warehouse, "l1") == "MULTIPLE_CANDIDATES"
    assert broken_checks(warehouse) == {}
    many_runs(warehouse)
    assert (person_of(warehouse, "1"), person_of(warehouse, "2")) == both
    assert {reason_of(warehouse, "l1"), reason_of(warehouse, "3")} == {"MULTIPLE_CANDIDATES"}
    assert position(warehouse, both.survivor) == Position(1, "A", "assigned")
    assert position(warehouse, both.retired) == Position(2, "A", "assigned")


def test_a_human_gives_the_driver_to_one_of_them_afterwards(warehouse: Warehouse, both: Merged) -> None:
    split_merged_person(both.survivor, "two sisters", author=ROSA, dry_run=False)
    ingest()
    attribute()
    resolve_unmatched_lead(SCOUTING, "2", driver_id="d1", reason="it is the younger one", author=ROSA)
    assert (person_of(warehouse, "d1"), person_of(warehouse, "2")) == (both.retired, both.retired)
    many_runs(warehouse)
    assert (person_of(warehouse, "1"), person_of(warehouse, "2")) == both


def test_the_survivor_s_key_is_enough_while_one_person_was_merged_into_it(warehouse: Warehouse, both: Merged) -> None:
    assert split_merged_person(both.survivor, "why", author=ROSA).person_key == both.retired


def test_of_several_merged_persons_each_returns_alone(told: Any, empty_warehouse: Warehouse) -> None:
    warehouse = empty_warehouse
    keys = []
    for number, columns in enumerate(
        ({"driver_phone": PHONE}, {"driver_license": LICENCE}, {"driver_phone": "955444333"}), start=1
    ):
        scouting(warehouse, number, ANA, scout_id=number, **columns)
        ingest()
        attribute()
        keys.append(person_of(warehouse, str(number)))
    assert len(set(keys)) == 3
    was = json.dumps(as_they_were(warehouse, *keys), default=str)
    driver(warehouse, "d1", full_name=ANA, phone=PHONE, license_number=LICENCE)
    driver(warehouse, "d2", full_name=ANA, phone="955444333", license_number=LICENCE)
    ingest()
    attribute()
    assert {person_of(warehouse, row) for row in ("1", "2", "3", "d1", "d2")} == {keys[0]}
    with pytest.raises(ChoiceUnclear, match=keys[2]):
        split_merged_person(keys[0], "why", author=ROSA)

    split_merged_person(keys[2], "why", author=ROSA, dry_run=False)
    assert [person_of(warehouse, row) for row in ("1", "2", "3", "d1")] == [keys[0], keys[0], keys[2], keys[0]]
    many_runs(warehouse)
    assert [person_of(warehouse, row) for row in ("1", "2", "3", "d1")] == [keys[0], keys[0], keys[2], keys[0]]
    assert position(warehouse, keys[2]) == Position(3, "A", "assigned")
    assert position(warehouse, keys[0]) == Position(1, "A", "conflict"), "scouts 1 and 2 are still of one person"

    split_merged_person(keys[0], "why", author=ROSA, dry_run=False)
    assert json.dumps(as_they_were(warehouse, *keys), default=str) == was
    many_runs(warehouse)
    assert [person_of(warehouse, row) for row in ("1", "2", "3", "d1")] == [*keys, None]
    assert [position(warehouse, key) for key in keys] == [Position(n, "A", "assigned") for n in (1, 2, 3)]


def test_a_person_merged_into_a_merged_person_returns_with_what_had_become_part_of_it(
    warehouse: Warehouse, both: Merged
) -> None:
    """No run merges a person with a driver account; an earlier program could leave such a chain."""
    oldest = str(uuid.uuid4())
    run = ingest()
    warehouse.execute("insert into canon.identity_registry (person_key, confidence_level) values (%s, 'LOW')", [oldest])
    warehouse.execute(
        "insert into canon.identity_aliases (person_key, survivor_key, reason, run_id, merged_at, moved)"
        " select state.person_key, %s, 'test', %s, clock_timestamp(), state.state || jsonb_build_object('aliases',"
        " jsonb_build_array(%s::text)) from canon.person_states as state where state.person_key = %s",
        [oldest, run, both.retired, both.survivor],
    )
    for statement in (
        "update canon.identity_aliases set survivor_key = %s where survivor_key = %s",
        "update canon.identity_links set person_key = %s where person_key = %s",
        "update observational.lead_events set person_key = %s where person_key = %s",
    ):
        warehouse.execute(statement, [oldest, both.survivor])
    for table in ("observational.lead_ledger", "canon.identity_registry"):
        warehouse.execute(f"delete from {table} where person_key = %s", [both.survivor])

    split_merged_person(both.survivor, "why", author=ROSA, dry_run=False)
    assert {person_of(warehouse, row) for row in ("1", "2")} == {both.survivor}
    alias = rows(warehouse, "select person_key::text, survivor_key::text from canon.identity_aliases")
    assert alias == [{"person_key": both.retired, "survivor_key": both.survivor}]
    split_merged_person(both.retired, "why", author=ROSA, dry_run=False)
    assert (person_of(warehouse, "1"), person_of(warehouse, "2")) == both
    ingest()
    attribute()
    assert position(warehouse, both.survivor) == Position(1, "A", "assigned")
    assert position(warehouse, both.retired) == Position(2, "A", "assigned")


def test_a_merge_that_kept_only_keys_is_undone_as_well(warehouse: Warehouse, both: Merged, before: str) -> None:
    warehouse.execute(
        "update canon.identity_aliases set moved = moved - array['link_rows', 'event_rows', 'aliases', 'survivor']"
    )
    split_merged_person(both.retired, "two sisters", author=ROSA, dry_run=False)
    many_runs(warehouse)
    assert (person_of(warehouse, "1"), person_of(warehouse, "2")) == both
    assert [rule_of(warehouse, row) for row in "12"] == ["NEW_PERSON", "NEW_PERSON"]
    assert position(warehouse, both.survivor) == Position(1, "A", "assigned")
    assert position(warehouse, both.retired) == Position(2, "A", "assigned")


def test_a_record_that_has_another_key_by_now_is_still_the_same(warehouse: Warehouse, both: Merged) -> None:
    for table in (
        "canon.identity_links",
        "canon.identity_unmatched",
        "canon.records_index",
        "observational.lead_events",
    ):
        warehouse.execute(
            f"update {table} set source_pk = '22' where source_table = %s and source_pk = '2'", [SCOUTING]
        )
    warehouse.execute("update public.module_ct_scouting_daily set id = 22 where id = 2")
    split_merged_person(both.retired, "two sisters", author=ROSA, dry_run=False)
    assert (person_of(warehouse, "22"), person_of_event(warehouse, "22")) == (both.retired, both.retired)


def test_a_decision_on_the_scout_since_the_merge_is_undone_first(warehouse: Warehouse, both: Merged) -> None:
    decision = resolve_scout_conflict(both.retired, 2, "signed form", author=ROSA)
    state = everything(warehouse)
    with pytest.raises(DecidedSince, match=f"undo decision {decision.id}"):
        split_merged_person(both.retired, "two sisters", author=ROSA, dry_run=False)
    assert everything(warehouse) == state


def test_a_record_that_a_human_decided_since_stays_where_it_is(warehouse: Warehouse, both: Merged) -> None:
    lead(warehouse, "l1", "Nadie Conocido", park_phone="933222111")
    ingest()
    resolve_unmatched_lead("module_ct_cabinet_leads", "l1", person_key=both.survivor, reason="she called", author=ROSA)
    found = split_merged_person(both.retired, "two sisters", author=ROSA, dry_run=False)
    assert (found.returned, found.decided_again, found.left_alone) == (1, 1, 1)
    many_runs(warehouse)
    assert (person_of(warehouse, "l1"), rule_of(warehouse, "l1")) == (both.survivor, "MANUAL")
    assert (person_of(warehouse, "1"), person_of(warehouse, "2")) == both
