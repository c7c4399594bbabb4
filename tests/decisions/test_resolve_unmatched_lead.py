"""Record decisions: a person, a driver or nobody."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
import pytest

from control_tower.decisions import resolve_unmatched_lead
from control_tower.decisions.transaction import Author
from control_tower.errors import (
    ChoiceUnclear,
    DecidedSince,
    DecisionRefused,
    LinkNotContested,
    ReasonMissing,
    SeveralPersons,
    UnknownDecision,
    UnknownDriver,
    UnknownPerson,
    UnknownRecord,
)
from tests.decisions.state import ROSA, broken_checks, everything, person_of, person_of_event, position, rows
from tests.identity.results import Link, contested, links, reason_of, rule_of, settled, unmatched
from tests.identity.sources import driver, lead, migration, scouting
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
ANA = "Ana Lucia Torres Vega"
LUIS = "Luis Alberto Quispe Rojas"
LEADS = "module_ct_cabinet_leads"
MANUAL = Link("MANUAL", 100, "HIGH")


def many_runs(warehouse: Warehouse) -> None:
    """Later runs, a full one and one with new data among them; every check is healthy after them."""
    ingest()
    if not rows(warehouse, "select from canon.records_index where source_pk = 'later'"):
        lead(warehouse, "later", LUIS, park_phone="956781234")
    ingest(incremental=False)
    attribute()
    ingest()
    attribute()
    assert broken_checks(warehouse) == {}


def test_an_open_lead_becomes_the_person_of_a_driver(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321", license_number="Q12345678", park_id="a")
    driver(warehouse, "d2", full_name=ANA, phone="987654321", license_number="Q12345678", park_id="b")
    lead(warehouse, "l1", ANA, park_phone="912345670")
    ingest()
    assert reason_of(warehouse, "l1") == "NO_CANDIDATES"

    decision = resolve_unmatched_lead(LEADS, "l1", driver_id="d1", reason="she called", author=ROSA)

    person = person_of(warehouse, "l1")
    assert person == decision.person_key == person_of(warehouse, "d1") == person_of(warehouse, "d2")
    assert person_of_event(warehouse, "l1") == person
    assert (links(warehouse)[LEADS, "l1"], reason_of(warehouse, "l1")) == (MANUAL, None)
    (link,) = rows(warehouse, "select * from canon.identity_links where source_pk = 'l1'")
    assert link["evidence"]["before"]["unmatched"] == {"reason_code": "NO_CANDIDATES", "status": "OPEN"}
    assert (link["evidence"]["decided_by"], link["evidence"]["reason"]) == ("rosa", "she called")
    (audit,) = rows(warehouse, "select * from ops.identity_links_backfill_audit where source_pk = 'l1'")
    assert (audit["action_type"], audit["match_method"], audit["ingestion_run_id"]) == ("CREATED", "MANUAL", None)
    (kept,) = rows(warehouse, "select * from ops.human_decisions")
    assert kept["before"]["unmatched"]["status"] == "OPEN"
    assert kept["after"]["link"]["match_rule"] == "MANUAL"
    many_runs(warehouse)
    assert (person_of(warehouse, "l1"), rule_of(warehouse, "l1")) == (person, "MANUAL")


def test_a_driver_who_is_somebody_lends_that_person(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    lead(warehouse, "l1", ANA, park_phone="987654321")
    lead(warehouse, "l2", ANA, park_phone="912345670")
    ingest()
    resolve_unmatched_lead(LEADS, "l2", driver_id="d1", reason="she called", author=ROSA)
    assert person_of(warehouse, "l2") == person_of(warehouse, "l1")
    many_runs(warehouse)


def test_an_open_row_becomes_a_person_that_is_known(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    lead(warehouse, "l1", ANA, park_phone="987654321")
    scouting(warehouse, 1, ANA)
    ingest()
    person = person_of(warehouse, "l1")
    assert person is not None
    resolve_unmatched_lead("module_ct_scouting_daily", "1", person_key=person, reason="same form", author=ROSA)
    attribute()
    ledger = position(warehouse, person)
    assert ledger is not None
    assert ledger.scout == 7, "the scout of the row that was linked by hand counts"
    many_runs(warehouse)
    assert person_of(warehouse, "1") == person


def test_an_ignored_record_is_never_evaluated_again(warehouse: Warehouse) -> None:
    lead(warehouse, "l1", ANA, park_phone="987654321")
    ingest()
    resolve_unmatched_lead(LEADS, "l1", ignore=True, reason="a test lead", author=ROSA)
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    many_runs(warehouse)
    assert person_of(warehouse, "l1") is None
    (row,) = rows(warehouse, "select * from canon.identity_unmatched where source_pk = 'l1'")
    assert (row["status"], row["reason_code"]) == ("IGNORED", "NO_CANDIDATES")
    assert row["details"]["decision"]["reason"] == "a test lead"

    resolve_unmatched_lead(LEADS, "l1", driver_id="d1", reason="it was none", author=ROSA)
    many_runs(warehouse)
    assert person_of(warehouse, "l1") == person_of(warehouse, "d1") is not None


@pytest.fixture
def in_doubt(warehouse: Warehouse) -> Warehouse:
    """Lead l1 is linked to d1 by a phone that d2 now has as well, and d1 turns out to be of another name: contested."""
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    lead(warehouse, "l1", ANA, park_phone="987654321")
    ingest()
    driver(warehouse, "d2", full_name=ANA, phone="987654321", license_number="Q87654321")
    warehouse.execute("update public.drivers set full_name = %s where driver_id = 'd1'", [LUIS])
    ingest()
    assert (LEADS, "l1") in contested(warehouse)
    return warehouse


def test_a_contested_record_is_linked_to_another_driver(in_doubt: Warehouse) -> None:
    before = person_of(in_doubt, "l1")
    resolve_unmatched_lead(LEADS, "l1", driver_id="d2", reason="d1 is somebody else", author=ROSA)
    assert person_of(in_doubt, "l1") == person_of(in_doubt, "d2") is not None
    assert person_of(in_doubt, "d1") is None, "no lead of that driver is left"
    assert rows(in_doubt, "select * from canon.identity_registry where person_key = %s", before) == []
    assert broken_checks(in_doubt) == {}
    (removed,) = rows(in_doubt, "select * from ops.identity_links_backfill_audit where action_type = 'REMOVED'")
    assert (removed["source_table"], removed["source_pk"], str(removed["person_key"])) == ("drivers", "d1", before)
    (kept,) = rows(in_doubt, "select * from ops.human_decisions")
    assert kept["before"]["link"]["match_rule"] == "R1_PHONE_EXACT"
    assert kept["before"]["contested"] is not None
    many_runs(in_doubt)
    assert contested(in_doubt) == {}
    assert rule_of(in_doubt, "l1") == "MANUAL"


def test_a_contest_ends_when_a_human_confirms_the_link(in_doubt: Warehouse) -> None:
    person = person_of(in_doubt, "l1")
    assert person is not None
    resolve_unmatched_lead(LEADS, "l1", person_key=person, reason="her husband's phone", author=ROSA)
    many_runs(in_doubt)
    assert (LEADS, "l1") not in contested(in_doubt)
    assert (person_of(in_doubt, "l1"), person_of(in_doubt, "d1")) == (person, person)


def test_a_contested_record_can_be_set_aside(in_doubt: Warehouse) -> None:
    resolve_unmatched_lead(LEADS, "l1", ignore=True, reason="nobody knows her", author=ROSA)
    many_runs(in_doubt)
    assert (person_of(in_doubt, "l1"), person_of(in_doubt, "d1"), person_of_event(in_doubt, "l1")) == (None,) * 3
    assert unmatched(in_doubt)[LEADS, "l1"] == "HUMAN_DECISION"


def test_accounts_that_lose_one_of_their_leads_are_evaluated_again(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    driver(warehouse, "d2", full_name=LUIS, phone="923456781")
    lead(warehouse, "l1", ANA, park_phone="987654321")
    lead(warehouse, "l2", ANA, park_phone="987654321")
    ingest()
    resolve_unmatched_lead(LEADS, "l2", driver_id="d2", reason="his", author=ROSA, replace_link=True)
    queued = {row["source_pk"] for row in rows(warehouse, "select * from canon.evaluation_queue")}
    assert queued == {"d1", "d2", "l2"}, "and the record, whose event took no new scout while it was contested"
    many_runs(warehouse)
    assert contested(warehouse) == {}
    assert person_of(warehouse, "l1") == person_of(warehouse, "d1") != person_of(warehouse, "l2")


def test_a_link_that_nothing_speaks_against_is_only_replaced_on_demand(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    lead(warehouse, "l1", ANA, park_phone="987654321")
    ingest()
    state = everything(warehouse)
    with pytest.raises(LinkNotContested, match="by R1_PHONE_EXACT, and nothing speaks against it"):
        resolve_unmatched_lead(LEADS, "l1", ignore=True, reason="why", author=ROSA)
    assert everything(warehouse) == state
    resolve_unmatched_lead(LEADS, "l1", ignore=True, reason="why", author=ROSA, replace_link=True)
    many_runs(warehouse)
    assert person_of(warehouse, "l1") is None


@pytest.mark.parametrize("choice", [{"driver_id": "d1"}, {"ignore": True}])
def test_a_trial_writes_nothing(warehouse: Warehouse, choice: dict[str, Any]) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    lead(warehouse, "l1", ANA, park_phone="912345670")
    ingest()
    state = everything(warehouse)
    trial = resolve_unmatched_lead(LEADS, "l1", **choice, reason="why", author=ROSA, dry_run=True)
    assert everything(warehouse) == state
    assert trial.before["unmatched"]["status"] == "OPEN"
    assert trial.after["unmatched"] is None or trial.after["unmatched"]["status"] != "OPEN"


def test_a_driver_whose_accounts_are_several_persons_is_refused(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    driver(warehouse, "d2", full_name=ANA, phone="923456781")
    migration(warehouse, 1, "d1")
    migration(warehouse, 2, "d2")
    lead(warehouse, "l1", ANA, park_phone="912345670")
    ingest()
    warehouse.execute("update public.drivers set license_number = 'Q12345678'")
    ingest()
    state = everything(warehouse)
    with pytest.raises(SeveralPersons, match="d1, d2") as refusal:
        resolve_unmatched_lead(LEADS, "l1", driver_id="d1", reason="why", author=ROSA)
    assert str(person_of(warehouse, "d1")) in str(refusal.value)
    assert everything(warehouse) == state


@pytest.mark.parametrize(
    ("record", "choice", "error"),
    [
        (("l1",), {}, ChoiceUnclear),
        (("l1",), {"driver_id": "d1", "ignore": True}, ChoiceUnclear),
        (("l1",), {"driver_id": "d1", "person_key": str(uuid.UUID(int=7))}, ChoiceUnclear),
        (("l1",), {"driver_id": " ", "person_key": ""}, ChoiceUnclear),
        (("l1",), {"ignore": "true"}, ChoiceUnclear),
        (("l1",), {"ignore": 1}, ChoiceUnclear),
        (("l1",), {"ignore": None, "driver_id": "d1"}, ChoiceUnclear),
        (("l1",), {"driver_id": 7}, ChoiceUnclear),
        (("l1",), {"driver_id": "d1", "replace_link": "no"}, ChoiceUnclear),
        (("l1",), {"ignore": True, "undo_decision": 1}, ChoiceUnclear),
        (("l1",), {"undo_decision": 1}, UnknownDecision),
        (("l1",), {"undo_decision": True}, UnknownDecision),
        (("l1",), {"driver_id": "d9"}, UnknownDriver),
        (("l1",), {"person_key": str(uuid.UUID(int=7))}, UnknownPerson),
        (("l1",), {"ignore": True, "reason": "  "}, ReasonMissing),
        (("l9",), {"ignore": True}, UnknownRecord),
        (("l1\x00",), {"ignore": True}, UnknownRecord),
        (("d1", "drivers"), {"ignore": True}, UnknownRecord),
        (("1", "module_ct_scouts_list"), {"ignore": True}, UnknownRecord),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    warehouse: Warehouse, record: tuple[str, ...], choice: dict[str, Any], error: type[Exception]
) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    lead(warehouse, "l1", LUIS, park_phone="912345670")
    ingest()
    state = everything(warehouse)
    pk, table = (*record, LEADS)[:2]
    with pytest.raises(error, match="Next: ") as refusal:
        resolve_unmatched_lead(table, pk, **{"reason": "why", "author": ROSA, **choice})
    assert isinstance(refusal.value, DecisionRefused)
    assert everything(warehouse) == state


def test_a_repeated_task_does_not_decide_twice(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    lead(warehouse, "l1", LUIS, park_phone="912345670")
    ingest()
    author = Author("rosa", "manual__1")
    first = resolve_unmatched_lead(LEADS, "l1", driver_id="d1", reason="why", author=author)
    state = everything(warehouse)
    assert resolve_unmatched_lead(LEADS, "l1", driver_id="d1", reason="why", author=author).id == first.id
    assert everything(warehouse) == state


def test_a_decision_on_an_open_record_is_taken_back(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    lead(warehouse, "l1", ANA, park_phone="912345670")
    ingest()
    attribute()
    before = settled(warehouse)
    decision = resolve_unmatched_lead(LEADS, "l1", driver_id="d1", reason="she called", author=ROSA)
    person = person_of(warehouse, "l1")
    undo = resolve_unmatched_lead(LEADS, "l1", undo_decision=decision.id, reason="another Ana", author=ROSA)
    assert (person_of(warehouse, "l1"), person_of(warehouse, "d1"), person_of_event(warehouse, "l1")) == (None,) * 3
    assert reason_of(warehouse, "l1") == "NO_CANDIDATES"
    assert rows(warehouse, "select * from canon.identity_registry where person_key = %s", person) == []
    assert (undo.kind, undo.after["undid_decision"]) == ("resolve_unmatched_lead", decision.id)
    assert broken_checks(warehouse) == {}
    ingest()
    attribute()
    assert settled(warehouse) == before
    many_runs(warehouse)


def test_a_record_that_was_set_aside_is_evaluated_again_after_the_undo(warehouse: Warehouse) -> None:
    lead(warehouse, "l1", ANA, park_phone="987654321")
    ingest()
    decision = resolve_unmatched_lead(LEADS, "l1", ignore=True, reason="a test lead", author=ROSA)
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    ingest()
    resolve_unmatched_lead(LEADS, "l1", undo_decision=decision.id, reason="it was none", author=ROSA)
    many_runs(warehouse)
    assert (rule_of(warehouse, "l1"), person_of(warehouse, "l1")) == ("R1_PHONE_EXACT", person_of(warehouse, "d1"))


@pytest.mark.parametrize("choice", [{"driver_id": "d2"}, {"ignore": True}])
def test_a_contested_record_is_contested_again_after_the_undo(in_doubt: Warehouse, choice: dict[str, Any]) -> None:
    before = settled(in_doubt)
    person = person_of(in_doubt, "l1")
    decision = resolve_unmatched_lead(LEADS, "l1", **choice, reason="d1 is somebody else", author=ROSA)
    assert person_of(in_doubt, "d1") is None
    resolve_unmatched_lead(LEADS, "l1", undo_decision=decision.id, reason="he is not", author=ROSA)
    assert person_of(in_doubt, "l1") == person_of_event(in_doubt, "l1") == person
    assert (LEADS, "l1") in contested(in_doubt)
    assert rule_of(in_doubt, "l1") == "R1_PHONE_EXACT"
    ingest()
    attribute()
    after = settled(in_doubt)
    for table in ("canon.identity_links", "canon.identity_contested", "observational.lead_events"):
        assert after[table] == before[table], table
    assert broken_checks(in_doubt) == {}


def test_the_newest_decision_on_a_record_is_taken_back_first(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    driver(warehouse, "d2", full_name=LUIS, phone="923456781")
    lead(warehouse, "l1", ANA, park_phone="912345670")
    ingest()
    first = resolve_unmatched_lead(LEADS, "l1", driver_id="d1", reason="she called", author=ROSA)
    second = resolve_unmatched_lead(LEADS, "l1", driver_id="d2", reason="it is his", author=ROSA)
    with pytest.raises(DecidedSince, match=f"undo decision {second.id} first"):
        resolve_unmatched_lead(LEADS, "l1", undo_decision=first.id, reason="why", author=ROSA)
    resolve_unmatched_lead(LEADS, "l1", undo_decision=second.id, reason="it is hers", author=ROSA)
    many_runs(warehouse)
    assert person_of(warehouse, "l1") == person_of(warehouse, "d1") == first.person_key
    assert person_of(warehouse, "d2") is None
