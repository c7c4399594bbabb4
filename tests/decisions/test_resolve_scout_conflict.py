"""Scout decisions: they hold in every run until a scout appears that the decision did not know."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
import pytest

from control_tower import runs
from control_tower.decisions import resolve_scout_conflict
from control_tower.decisions.transaction import Author
from control_tower.errors import (
    ChoiceUnclear,
    DatabaseBusy,
    DecidedSince,
    DecisionRefused,
    ReasonMissing,
    RunAlreadyActive,
    UnknownDecision,
    UnknownPerson,
    UnknownScout,
)
from tests.decisions.state import (
    ROSA,
    Position,
    audit_rows,
    broken_checks,
    everything,
    evidence,
    person_of,
    position,
    rows,
)
from tests.identity.sources import driver, lead, scouting
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
ANA = "Ana Lucia Torres Vega"
NOBODY = uuid.UUID(int=7)


def claim_twice(warehouse: Warehouse) -> str:
    """Key of a person claimed by scouts 7 and 8."""
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    scouting(warehouse, 1, ANA, driver_phone="987654321", scout_id=7)
    scouting(warehouse, 2, ANA, driver_phone="987654321", scout_id=8)
    ingest()
    attribute()
    person = person_of(warehouse, "1")
    assert person is not None
    assert position(warehouse, person) == Position(None, "C", "conflict")
    return person


@pytest.fixture(scope="module")
def after_two_claims(told: Any) -> tuple[str, str]:
    """Name of the database that most tests start from, and the key of the person claimed by two scouts."""
    return told(claim_twice)


@pytest.fixture
def beginning(after_two_claims: tuple[str, str]) -> str:
    """Name of that database."""
    return after_two_claims[0]


@pytest.fixture
def ana(after_two_claims: tuple[str, str]) -> str:
    """Key of a person claimed by scouts 7 and 8."""
    return after_two_claims[1]


def test_the_decision_says_who_when_and_why_before_and_after(warehouse: Warehouse, ana: str) -> None:
    decision = resolve_scout_conflict(ana, 8, "  signed form ", author=Author("rosa", "manual__1"))
    assert position(warehouse, ana) == Position(8, "MANUAL", "assigned")
    because = evidence(warehouse, ana)
    assert because["seen_scouts"] == [7, 8]
    assert (because["decided_by"], because["reason"]) == ("rosa", "signed form")
    assert because["decided_at"] == decision.decided_at.isoformat()
    assert because["events"], "the events that it was decided on are still named"
    (kept,) = rows(warehouse, "select * from ops.human_decisions")
    assert (kept["kind"], str(kept["person_key"]), kept["decided_by"], kept["reason"], kept["dag_run_id"]) == (
        "resolve_scout_conflict",
        ana,
        "rosa",
        "signed form",
        "manual__1",
    )
    assert kept["before"]["ledger"]["decision_status"] == "conflict"
    assert kept["after"]["ledger"]["attributed_scout_id"] == 8
    (audit,) = rows(warehouse, "select * from ops.lead_ledger_scout_backfill_audit order by id desc limit 1")
    assert audit["backfill_method"] == "MANUAL_DECISION"
    assert (audit["old_attributed_scout_id"], audit["new_attributed_scout_id"]) == (None, 8)
    assert (audit["ingestion_run_id"], audit["notes"]) == (None, "decided by rosa: signed form")
    assert broken_checks(warehouse) == {}


@pytest.mark.parametrize(("scout", "stands"), [(7, "assigned"), (None, "unassigned")])
def test_it_outlives_many_runs_and_new_data(warehouse: Warehouse, ana: str, scout: int | None, stands: str) -> None:
    resolve_scout_conflict(ana, scout, "interview", author=ROSA, nobody=scout is None)
    audited = audit_rows(warehouse)
    for day in range(10, 15):
        scouting(warehouse, day, ANA, driver_phone="987654321", scout_id=7 + day % 2, registration_date="2026-11-02")
        lead(warehouse, f"l{day}", ANA, park_phone="987654321")
        ingest(incremental=day != 12)
        attribute()
        attribute()
        assert position(warehouse, ana) == Position(scout, "MANUAL", stands)
    assert evidence(warehouse, ana)["reason"] == "interview"
    ledger = rows(warehouse, "select * from ops.lead_ledger_scout_backfill_audit where person_key = %s", ana)
    assert [row["backfill_method"] for row in ledger][-1] == "MANUAL_DECISION"
    assert audit_rows(warehouse) >= audited


def test_a_scout_that_the_human_had_not_seen_opens_it_again(warehouse: Warehouse, ana: str) -> None:
    resolve_scout_conflict(ana, 7, "interview", author=ROSA)
    scouting(warehouse, 3, ANA, driver_phone="987654321", scout_id=9)
    ingest()
    attribute()
    assert position(warehouse, ana) == Position(7, "MANUAL", "conflict")
    (conflict,) = rows(warehouse, "select * from ops.v_scout_attribution_conflicts")
    assert (str(conflict["person_key"]), conflict["scout_ids"]) == (ana, [7, 8, 9])
    resolve_scout_conflict(ana, 9, "second interview", author=ROSA)
    assert evidence(warehouse, ana)["seen_scouts"] == [7, 8, 9]
    audited = audit_rows(warehouse)
    for _ in range(3):
        attribute()
    assert position(warehouse, ana) == Position(9, "MANUAL", "assigned")
    assert audit_rows(warehouse) == audited


def test_a_person_without_a_ledger_row_gets_one(empty_warehouse: Warehouse) -> None:
    empty_warehouse.execute(
        "insert into canon.identity_registry (person_key, confidence_level) values (%s, 'LOW')", [NOBODY]
    )
    empty_warehouse.execute("insert into public.module_ct_scouts_list (scout_id, name) values (40, 'Elena')")
    resolve_scout_conflict(str(NOBODY), 40, "old paper list", author=ROSA)
    attribute()
    assert position(empty_warehouse, str(NOBODY)) == Position(40, "MANUAL", "assigned")
    assert broken_checks(empty_warehouse) == {}


def test_nobody_is_counted_as_missing_and_not_as_a_conflict(warehouse: Warehouse, ana: str) -> None:
    resolve_scout_conflict(ana, None, "both forms are forged", author=ROSA, nobody=True)
    (picture,) = rows(warehouse, "select * from ops.v_scout_attribution_metrics_snapshot")
    assert (picture["conflicts_count"], picture["backlog_d_scout_in_events_not_in_ledger"]) == (0, 1)
    assert broken_checks(warehouse) == {}


def test_a_merged_person_is_followed_to_its_survivor(warehouse: Warehouse, ana: str) -> None:
    run = attribute()
    warehouse.execute(
        "insert into canon.identity_aliases (person_key, survivor_key, reason, run_id, merged_at, moved)"
        " values (%s, %s, 'test', %s, now(), '{}')",
        [NOBODY, ana, run],
    )
    decision = resolve_scout_conflict(str(NOBODY), 7, "interview", author=ROSA)
    assert decision.person_key == ana
    assert decision.notes == (f"Person {NOBODY} was merged into {ana}; the decision is about {ana}.",)
    assert position(warehouse, ana) == Position(7, "MANUAL", "assigned")


def test_a_repeated_task_does_not_decide_twice(warehouse: Warehouse, ana: str) -> None:
    first = resolve_scout_conflict(ana, 7, "interview", author=Author("rosa", "manual__1"))
    state = everything(warehouse)
    again = resolve_scout_conflict(ana, 7, "interview", author=Author("rosa", "manual__1"))
    assert again.id == first.id
    assert everything(warehouse) == state


@pytest.mark.parametrize(
    ("person", "scout", "reason", "error", "says"),
    [
        (None, 7, "", ReasonMissing, "no reason"),
        (None, 7, " \n\t ", ReasonMissing, "no reason"),
        (str(NOBODY), 7, "why", UnknownPerson, str(NOBODY)),
        ("Ana", 7, "why", UnknownPerson, "'Ana'"),
        (None, 99, "why", UnknownScout, "claim this person: 7, 8"),
        (None, 2**40, "why", UnknownScout, str(2**40)),
        (None, -1, "why", UnknownScout, "-1"),
        (None, 0, "why", UnknownScout, "scout 0"),
        (None, True, "why", UnknownScout, "scout True"),
        (None, "7", "why", UnknownScout, "scout '7'"),
        (None, 7.0, "why", UnknownScout, "scout 7.0"),
        (None, None, "why", ChoiceUnclear, "nobody as true"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    warehouse: Warehouse, ana: str, person: str | None, scout: Any, reason: str, error: type[Exception], says: str
) -> None:
    state = everything(warehouse)
    with pytest.raises(error, match="Next: ") as refusal:
        resolve_scout_conflict(person or ana, scout, reason, author=ROSA)
    assert isinstance(refusal.value, DecisionRefused)
    assert says in str(refusal.value)
    assert everything(warehouse) == state


@pytest.mark.parametrize(
    "choice",
    [
        {"scout_id": 7, "nobody": True},
        {"nobody": "true"},
        {"nobody": 1},
        {"nobody": None},
        {"scout_id": 7, "nobody": "false"},
        {"scout_id": 7, "undo_decision": 1},
        {"nobody": True, "dry_run": "yes"},
    ],
)
def test_a_choice_that_is_not_exactly_one_is_refused(warehouse: Warehouse, ana: str, choice: dict[str, Any]) -> None:
    state = everything(warehouse)
    with pytest.raises(ChoiceUnclear, match="Next: "):
        resolve_scout_conflict(ana, reason="why", author=ROSA, **choice)
    assert everything(warehouse) == state


def ledger_row(warehouse: Warehouse, person: str) -> dict[str, Any]:
    """The person's ledger row without the time of its writing."""
    (row,) = rows(warehouse, "select * from observational.lead_ledger where person_key = %s", person)
    return {name: value for name, value in row.items() if name != "updated_at"}


def test_a_decision_is_taken_back_and_the_conflict_is_what_it_was(warehouse: Warehouse, ana: str) -> None:
    before = ledger_row(warehouse, ana)
    decision = resolve_scout_conflict(ana, 8, "signed form", author=ROSA)
    undo = resolve_scout_conflict(ana, undo_decision=decision.id, reason="the form is of another Ana", author=ROSA)
    assert ledger_row(warehouse, ana) == before
    assert (undo.kind, undo.before["ledger"]["attributed_scout_id"]) == ("resolve_scout_conflict", 8)
    assert undo.after["undid_decision"] == decision.id
    (audit,) = rows(warehouse, "select * from ops.lead_ledger_scout_backfill_audit order by id desc limit 1")
    assert (audit["backfill_method"], audit["old_attributed_scout_id"], audit["new_attributed_scout_id"]) == (
        "DECISION_UNDONE",
        8,
        None,
    )
    assert audit["notes"] == f"decision {decision.id} undone by rosa: the form is of another Ana"
    assert broken_checks(warehouse) == {}
    for _ in range(2):
        ingest()
        attribute()
    assert ledger_row(warehouse, ana) == before
    assert [row["scout_ids"] for row in rows(warehouse, "select * from ops.v_scout_attribution_conflicts")] == [[7, 8]]
    assert broken_checks(warehouse) == {}


def test_decisions_are_taken_back_newest_first_and_an_undo_as_well(warehouse: Warehouse, ana: str) -> None:
    first = resolve_scout_conflict(ana, 7, "interview", author=ROSA)
    held = ledger_row(warehouse, ana)
    second = resolve_scout_conflict(ana, None, "forged", author=ROSA, nobody=True)
    with pytest.raises(DecidedSince, match=f"undo decision {second.id} first"):
        resolve_scout_conflict(ana, undo_decision=first.id, reason="why", author=ROSA)
    undo = resolve_scout_conflict(ana, undo_decision=second.id, reason="not forged", author=ROSA)
    attribute()
    assert position(warehouse, ana) == Position(7, "MANUAL", "assigned")
    assert ledger_row(warehouse, ana)["evidence_json"]["seen_scouts"] == held["evidence_json"]["seen_scouts"]
    resolve_scout_conflict(ana, undo_decision=undo.id, reason="forged all the same", author=ROSA)
    attribute()
    assert position(warehouse, ana) == Position(None, "MANUAL", "unassigned")
    assert broken_checks(warehouse) == {}


def test_a_row_that_a_decision_created_is_gone_after_its_undo(empty_warehouse: Warehouse) -> None:
    empty_warehouse.execute(
        "insert into canon.identity_registry (person_key, confidence_level) values (%s, 'LOW')", [NOBODY]
    )
    decision = resolve_scout_conflict(str(NOBODY), None, "by herself", author=ROSA, nobody=True)
    resolve_scout_conflict(str(NOBODY), undo_decision=decision.id, reason="why", author=ROSA)
    assert position(empty_warehouse, str(NOBODY)) is None
    attribute()
    assert position(empty_warehouse, str(NOBODY)) is None
    assert broken_checks(empty_warehouse) == {}


@pytest.mark.parametrize("number", [0, -1, True, "1", 1.0, 987654])
def test_only_a_decision_that_exists_is_taken_back(warehouse: Warehouse, ana: str, number: Any) -> None:
    resolve_scout_conflict(ana, 8, "signed form", author=ROSA)
    state = everything(warehouse)
    with pytest.raises(UnknownDecision, match="Next: "):
        resolve_scout_conflict(ana, undo_decision=number, reason="why", author=ROSA)
    assert everything(warehouse) == state


def test_a_trial_finds_the_same_and_writes_nothing(warehouse: Warehouse, ana: str) -> None:
    state = everything(warehouse)
    trial = resolve_scout_conflict(ana, 7, "interview", author=ROSA, dry_run=True)
    assert everything(warehouse) == state
    decision = resolve_scout_conflict(ana, 7, "interview", author=ROSA)
    assert trial.before == decision.before
    assert trial.after["ledger"]["attributed_scout_id"] == decision.after["ledger"]["attributed_scout_id"] == 7


def test_a_trial_waits_for_no_long_lock(warehouse: Warehouse, ana: str) -> None:
    state = everything(warehouse)
    with warehouse.transaction():
        runs.block_new_runs(warehouse)
        with pytest.raises(DatabaseBusy):
            resolve_scout_conflict(ana, 7, "interview", author=ROSA, dry_run=True)
    assert everything(warehouse) == state


def test_nobody_decides_while_a_run_is_at_work(warehouse: Warehouse, ana: str) -> None:
    run = runs.open_run("identity_run")
    state = everything(warehouse)
    with pytest.raises(RunAlreadyActive, match=f"Run {run} of identity_run is at work"):
        resolve_scout_conflict(ana, 7, "interview", author=ROSA)
    assert everything(warehouse) == state
    runs.fail_run(run, "killed")
    resolve_scout_conflict(ana, 7, "interview", author=ROSA)
    assert position(warehouse, ana) == Position(7, "MANUAL", "assigned")
