"""Revert an attribution run: row by row, only where nothing changed since, and permanently."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from control_tower import runs
from control_tower.decisions import resolve_scout_conflict, resolve_unmatched_lead, revert_backfill
from control_tower.errors import (
    ChoiceUnclear,
    DecisionRefused,
    ReasonMissing,
    RunAlreadyActive,
    RunNotRevertible,
    UnknownRun,
)
from tests.decisions.state import (
    ROSA,
    Position,
    audit_rows,
    broken_checks,
    everything,
    evidence,
    person_of,
    person_of_event,
    position,
    rows,
)
from tests.identity.sources import driver, lead, scouting
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
ANA = "Ana Lucia Torres Vega"
LUIS = "Luis Alberto Quispe Rojas"
SCOUTING = "module_ct_scouting_daily"


def draw(warehouse: Warehouse) -> None:
    """Ana, a driver with one lead and one scouting row of scout 7; Luis, two scouting rows of scout 8 alone."""
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    lead(warehouse, "l1", ANA, park_phone="987654321")
    scouting(warehouse, 1, ANA, driver_phone="987654321", scout_id=7)
    scouting(warehouse, 2, LUIS, driver_phone="923456781", scout_id=8)
    scouting(warehouse, 3, LUIS, driver_phone="923456781", scout_id=8)


def scout_of_event(warehouse: Warehouse, source_pk: str) -> int | None:
    (row,) = rows(warehouse, "select scout_id from observational.lead_events where source_pk = %s", source_pk)
    return row["scout_id"]


def run_wrongly(warehouse: Warehouse) -> int:
    """A run that gave lead l1 its scout, created person Luis, and assigned both persons."""
    draw(warehouse)
    ingest()
    run = attribute()
    ana, luis = person_of(warehouse, "l1"), person_of(warehouse, "2")
    assert ana is not None
    assert luis is not None
    assert (position(warehouse, ana), position(warehouse, luis)) == (
        Position(7, "A", "assigned"),
        Position(8, "A", "assigned"),
    )
    assert scout_of_event(warehouse, "l1") == 7
    return run


@pytest.fixture(scope="module")
def after_wrong_run(told: Any) -> tuple[str, int]:
    """Name of the database that most tests start from, and the wrong run in it."""
    return told(run_wrongly)


@pytest.fixture
def beginning(after_wrong_run: tuple[str, int]) -> str:
    """Name of that database."""
    return after_wrong_run[0]


@pytest.fixture
def wrong_run(after_wrong_run: tuple[str, int]) -> int:
    """A run that gave lead l1 its scout, created person Luis, and assigned both persons."""
    return after_wrong_run[1]


def test_a_run_is_undone_row_by_row_with_an_audit_row_each(warehouse: Warehouse, wrong_run: int) -> None:
    ana, luis = person_of(warehouse, "l1"), person_of(warehouse, "2")
    assert ana is not None
    assert luis is not None

    found = revert_backfill(wrong_run, "wrong file", author=ROSA, dry_run=False)

    assert found.reverted == {"ledger": 2, "event": 1, "link": 2}
    assert (found.left_alone, found.already_reverted, found.persons_removed) == ({}, {}, 1)
    assert position(warehouse, ana) == Position(None, "MANUAL", "unassigned")
    assert evidence(warehouse, ana)["seen_scouts"] == [7]
    assert scout_of_event(warehouse, "l1") is None
    assert scout_of_event(warehouse, "1") == 7, "what the source says is no backfill"
    assert (person_of(warehouse, "2"), person_of_event(warehouse, "2")) == (None, None)
    assert position(warehouse, luis) is None
    assert rows(warehouse, "select * from canon.identity_registry where person_key = %s", luis) == []
    (aside,) = rows(warehouse, "select * from canon.identity_unmatched where source_pk = '2'")
    assert (aside["status"], aside["details"]["reverted_run"]) == ("IGNORED", wrong_run)
    for table, kind in (
        ("identity_links_backfill_audit", "action_type"),
        ("lead_events_scout_backfill_audit", "action_type"),
        ("lead_ledger_scout_backfill_audit", "backfill_method"),
    ):
        written = rows(warehouse, f"select * from ops.{table} where ingestion_run_id is null")
        assert {row[kind] for row in written} == {"REVERTED"}
        assert {row["notes"] for row in written} == {f"reverted run {wrong_run}: wrong file"}
    (event,) = rows(warehouse, "select * from ops.lead_events_scout_backfill_audit where action_type = 'REVERTED'")
    assert (event["old_scout_id"], event["new_scout_id"]) == (7, None)
    decisions = rows(warehouse, "select * from ops.human_decisions")
    assert len(decisions) == 5
    assert {(row["reverted_run_id"], row["decided_by"], row["reason"]) for row in decisions} == {
        (wrong_run, "rosa", "wrong file")
    }
    assert broken_checks(warehouse) == {}, "the seal of the reverted run among them"


def test_later_runs_neither_lose_the_revert_nor_loop(warehouse: Warehouse, wrong_run: int) -> None:
    ana = person_of(warehouse, "l1")
    assert ana is not None
    revert_backfill(wrong_run, "wrong file", author=ROSA, dry_run=False)
    audited = audit_rows(warehouse)
    attribute()
    (skipped,) = rows(warehouse, "select * from ops.lead_events_scout_backfill_audit where action_type = 'SKIPPED'")
    assert (skipped["source_pk"], audit_rows(warehouse)) == ("l1", audited + 1), "said once that it is left alone"
    for incremental in (True, False, True):
        attribute()
        ingest(incremental=incremental)
    attribute()
    assert audit_rows(warehouse) == audited + 1
    assert position(warehouse, ana) == Position(None, "MANUAL", "unassigned")
    assert scout_of_event(warehouse, "l1") is None
    assert person_of(warehouse, "2") is None
    assert broken_checks(warehouse) == {}
    assert rows(warehouse, "select * from canon.attribution_queue") == []


def test_a_new_scout_opens_what_a_revert_holds(warehouse: Warehouse, wrong_run: int) -> None:
    ana = person_of(warehouse, "l1")
    assert ana is not None
    revert_backfill(wrong_run, "wrong file", author=ROSA, dry_run=False)
    scouting(warehouse, 4, ANA, driver_phone="987654321", scout_id=7)
    ingest()
    attribute()
    assert position(warehouse, ana) == Position(None, "MANUAL", "unassigned")
    scouting(warehouse, 5, ANA, driver_phone="987654321", scout_id=9)
    ingest()
    attribute()
    assert position(warehouse, ana) == Position(None, "MANUAL", "conflict")


def test_a_dry_run_writes_nothing_and_shows_what_the_revert_does(warehouse: Warehouse, wrong_run: int) -> None:
    state = everything(warehouse)
    trial = revert_backfill(wrong_run, "wrong file", author=ROSA)
    assert everything(warehouse) == state
    real = revert_backfill(wrong_run, "wrong file", author=ROSA, dry_run=False)
    assert trial.dry_run
    assert not real.dry_run

    def shown(found: Any) -> Any:
        return [(row["what"], row["source_pk"], row["person_key"], row["outcome"]) for row in found.rows]

    assert shown(trial) == shown(real)
    assert (trial.reverted, trial.persons_removed) == (real.reverted, real.persons_removed)


def test_reverting_twice_changes_nothing_the_second_time(warehouse: Warehouse, wrong_run: int) -> None:
    revert_backfill(wrong_run, "wrong file", author=ROSA, dry_run=False)
    state = everything(warehouse)
    again = revert_backfill(wrong_run, "wrong file", author=ROSA, dry_run=False)
    assert everything(warehouse) == state
    assert (again.reverted, again.left_alone) == ({}, {})
    assert again.already_reverted == {"ledger": 2, "event": 1, "link": 2}
    attribute()
    assert revert_backfill(wrong_run, "wrong file", author=ROSA, dry_run=False).reverted == {}


def test_what_a_human_or_a_later_run_changed_is_left_alone(warehouse: Warehouse, wrong_run: int) -> None:
    ana, luis = person_of(warehouse, "l1"), person_of(warehouse, "2")
    assert ana is not None
    assert luis is not None
    resolve_scout_conflict(ana, 7, "signed form", author=ROSA)
    resolve_unmatched_lead(SCOUTING, "3", person_key=luis, reason="his", author=ROSA, replace_link=True)
    found = revert_backfill(wrong_run, "wrong file", author=ROSA, dry_run=False)
    assert found.left_alone == {"ledger": 1, "link": 1}
    assert found.reverted == {"ledger": 1, "event": 1, "link": 1}
    assert found.persons_removed == 0, "a link by hand still uses him"
    assert position(warehouse, ana) == Position(7, "MANUAL", "assigned")
    assert (person_of(warehouse, "3"), person_of(warehouse, "2")) == (luis, None)
    attribute()
    assert position(warehouse, luis) == Position(None, "MANUAL", "unassigned")
    assert broken_checks(warehouse) == {}


def test_a_conflict_that_a_run_opened_is_closed_as_it_was(warehouse: Warehouse, wrong_run: int) -> None:
    ana = person_of(warehouse, "l1")
    assert ana is not None
    scouting(warehouse, 6, ANA, driver_phone="987654321", scout_id=9)
    ingest()
    second = attribute()
    assert position(warehouse, ana) == Position(7, "A", "conflict")
    revert_backfill(second, "scout 9 never worked here", author=ROSA, dry_run=False)
    audited = audit_rows(warehouse)
    for _ in range(3):
        attribute()
    assert position(warehouse, ana) == Position(7, "MANUAL", "assigned")
    assert (audit_rows(warehouse), evidence(warehouse, ana)["seen_scouts"]) == (audited, [7, 9])


def test_a_conflict_that_a_run_ended_is_open_again(empty_warehouse: Warehouse) -> None:
    driver(empty_warehouse, "d1", full_name=ANA, phone="987654321")
    scouting(empty_warehouse, 1, ANA, driver_phone="987654321", scout_id=7)
    scouting(empty_warehouse, 2, ANA, driver_phone="987654321", scout_id=8)
    ingest()
    attribute()
    ana = person_of(empty_warehouse, "1")
    assert ana is not None
    empty_warehouse.execute("update public.module_ct_scouting_daily set scout_id = 7")
    ingest()
    ended = attribute()
    assert position(empty_warehouse, ana) == Position(7, "BACKFILL_SINGLE_SCOUT_FROM_EVENTS", "assigned")
    revert_backfill(ended, "the edit was a mistake", author=ROSA, dry_run=False)
    audited = audit_rows(empty_warehouse)
    empty_warehouse.execute("update public.module_ct_scouting_daily set registration_date = '2026-11-03'")
    for _ in range(2):
        ingest()
        attribute()
    assert position(empty_warehouse, ana) == Position(None, "MANUAL", "conflict")
    assert audit_rows(empty_warehouse) == audited
    resolve_scout_conflict(ana, 7, "now it is clear", author=ROSA)
    attribute()
    assert position(empty_warehouse, ana) == Position(7, "MANUAL", "assigned")


def test_a_set_aside_row_can_be_linked_by_hand_afterwards(warehouse: Warehouse, wrong_run: int) -> None:
    ana = person_of(warehouse, "l1")
    revert_backfill(wrong_run, "wrong file", author=ROSA, dry_run=False)
    resolve_unmatched_lead(SCOUTING, "2", person_key=ana, reason="hers", author=ROSA)
    ingest()
    attribute()
    assert person_of(warehouse, "2") == ana
    assert broken_checks(warehouse) == {}


def test_what_cannot_be_reverted_is_refused_and_nothing_is_written(warehouse: Warehouse, wrong_run: int) -> None:
    identity = ingest()
    state = everything(warehouse)
    for run, reason, error in (
        (wrong_run, "  ", ReasonMissing),
        (987654, "why", UnknownRun),
        (2**40, "why", UnknownRun),
        (0, "why", UnknownRun),
        (True, "why", UnknownRun),
        (str(wrong_run), "why", UnknownRun),
        (float(wrong_run), "why", UnknownRun),
        (identity, "why", RunNotRevertible),
    ):
        with pytest.raises(error, match="Next: ") as refusal:
            revert_backfill(run, reason, author=ROSA, dry_run=False)  # type: ignore[arg-type]
        assert isinstance(refusal.value, DecisionRefused)
    for dry_run in ("false", 0, None):
        with pytest.raises(ChoiceUnclear, match="neither true nor false"):
            revert_backfill(wrong_run, "why", author=ROSA, dry_run=dry_run)  # type: ignore[arg-type]
    assert everything(warehouse) == state
    running = runs.open_run("scout_attribution_refresh")
    state = everything(warehouse)
    with pytest.raises(RunNotRevertible, match="not over yet"):
        revert_backfill(running, "why", author=ROSA, dry_run=False)
    with pytest.raises(RunAlreadyActive, match=f"Run {running} of scout_attribution_refresh is at work"):
        revert_backfill(wrong_run, "why", author=ROSA, dry_run=False)
    assert everything(warehouse) == state


def test_a_link_that_a_driver_has_confirmed_since_stands(warehouse: Warehouse, wrong_run: int) -> None:
    luis = person_of(warehouse, "2")
    driver(warehouse, "d2", full_name=LUIS, phone="923456781")
    ingest()
    assert person_of(warehouse, "d2") == luis
    found = revert_backfill(wrong_run, "wrong file", author=ROSA, dry_run=False)
    assert found.left_alone["link"] >= 1
    assert found.persons_removed == 0
    attribute()
    ingest(incremental=False)
    assert person_of(warehouse, "d2") == luis
    assert broken_checks(warehouse) == {}


def test_a_created_person_whom_a_later_lead_joined_stays_with_that_lead(warehouse: Warehouse, wrong_run: int) -> None:
    luis = person_of(warehouse, "2")
    lead(warehouse, "l2", LUIS, park_phone="923456781")
    ingest()
    assert person_of(warehouse, "l2") == luis
    found = revert_backfill(wrong_run, "wrong file", author=ROSA, dry_run=False)
    assert (found.reverted["link"], found.persons_removed) == (2, 0)
    for _ in range(2):
        attribute()
        ingest(incremental=False)
    assert (person_of(warehouse, "l2"), person_of(warehouse, "2"), person_of(warehouse, "3")) == (luis, None, None)
    assert broken_checks(warehouse) == {}
