"""Scouts that the source corrects or withdraws reach event and ledger; what was paid or decided becomes a conflict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from control_tower import decisions
from tests.attribution.corrections import (
    AUTHOR,
    broken,
    conflict_of,
    correct,
    event_audit,
    key_of,
    ledger_audit,
    ledger_of,
    name_of,
    paid_by_partner,
    paid_by_statement,
    person,
    refresh,
    rows,
)
from tests.attribution.datasets import everything
from tests.attribution.plain_definitions import LIVE, differences
from tests.identity.sources import migration
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]

FIRST_SCOUT = ("SINGLE_SCOUT_FROM_EVENTS", None, 1)


def before(warehouse: Warehouse) -> None:
    """Persons as the first refresh found them, and what was paid and decided since."""
    person(warehouse, 1, 1)
    person(warehouse, 2, 9)
    for number in (3, 4, 5, 6, 7, 8, 9):
        person(warehouse, number, 1)
    person(warehouse, 10, 1, 8)
    person(warehouse, 11, 1, 8)
    person(warehouse, 12, 1, 1)
    person(warehouse, 13, 1, 5)
    person(warehouse, 14, 1, with_lead=True)
    person(warehouse, 15, 9, with_lead=True)
    person(warehouse, 16, None)
    migration(warehouse, 16, "d16", scout_id=1)
    person(warehouse, 18, None)
    person(warehouse, 19, 1)
    refresh()
    paid_by_statement(warehouse, key_of(warehouse, 3), 1)
    paid_by_statement(warehouse, key_of(warehouse, 4), 1)
    paid_by_partner(warehouse, 1, driver=name_of(5).upper())
    paid_by_partner(warehouse, 1, driver_id="d6")
    # no payment for this claim: another scout's, not paid, another person's, and taken back in full
    paid_by_partner(warehouse, 2, driver_id="d7")
    paid_by_partner(warehouse, 1, driver_id="d7", trip_1=False)
    paid_by_partner(warehouse, 1, driver="Somebody Else Entirely")
    paid_by_statement(warehouse, key_of(warehouse, 7), 1, 0)
    for number in (10, 11):
        decisions.resolve_scout_conflict(key_of(warehouse, number), 1, "the form says so", author=AUTHOR)
    warehouse.execute("update public.module_ct_scouting_daily set scout_id = 1 where id = 1801")
    correct(warehouse, 801, 5)
    correct(warehouse, 801, 1)  # back before anybody looked


def corrected(warehouse: Warehouse) -> None:
    """The same after the source corrected and withdrew scouts."""
    before(warehouse)
    for row in (101, 301, 501, 701, 1001, 1201, 1301, 1401):
        correct(warehouse, row, 5)
    for row in (201, 401, 601, 1101, 1501):
        correct(warehouse, row, None)
    warehouse.execute("update public.module_ct_migrations set scout_id = 5 where id = 16")
    correct(warehouse, 901, 5)
    ingest()
    correct(warehouse, 901, 6)  # twice before the ledger follows
    refresh()


@pytest.fixture(scope="module")
def after_corrections(told: Any) -> str:
    """Name of a database whose source corrected scouts."""
    return str(told(corrected)[0])


@pytest.fixture
def followed(copy_of: Callable[[str], Warehouse], after_corrections: str) -> Warehouse:
    """A warehouse whose source corrected scouts."""
    return copy_of(after_corrections)


def test_a_correction_reaches_event_and_ledger_and_is_audited(followed: Warehouse) -> None:
    assert event_audit(followed, "101") == [("SOURCE_CORRECTED", 1, 5)]
    assert ledger_of(followed, 1) == (5, "A", "assigned")
    assert ledger_audit(followed, 1) == [FIRST_SCOUT, ("SOURCE_CORRECTED", 1, 5)]
    # the scout that a source adds to an event without one is told, too
    assert event_audit(followed, "1801") == [("SOURCE_ADDED", None, 1)]
    assert ledger_of(followed, 18) == (1, "BACKFILL_SINGLE_SCOUT_FROM_EVENTS", "assigned")
    # nobody spoke about this one
    assert (event_audit(followed, "1901"), ledger_audit(followed, 19)) == ([], [FIRST_SCOUT])


def test_a_withdrawn_scout_is_withdrawn_from_event_and_ledger(followed: Warehouse) -> None:
    assert event_audit(followed, "201") == [("SOURCE_WITHDRAWN", 9, None)]
    assert ledger_of(followed, 2) == (None, "U", "unassigned")
    assert ledger_audit(followed, 2)[-1] == ("SOURCE_WITHDRAWN", 9, None)
    assert (
        rows(followed, "select * from ops.v_scout_attribution where person_key = %s::uuid", key_of(followed, 2)) == []
    )


@pytest.mark.parametrize(
    ("number", "reason", "payment"),
    [
        (3, "SCOUT_CORRECTED_AFTER_PAYMENT", {"scout_id": 1, "statements": [1]}),
        (4, "SCOUT_WITHDRAWN_AFTER_PAYMENT", {"scout_id": 1, "statements": [2]}),
        (5, "SCOUT_CORRECTED_AFTER_PAYMENT", {"scout_id": 1, "partner_payments": [1]}),
        (6, "SCOUT_WITHDRAWN_AFTER_PAYMENT", {"scout_id": 1, "partner_payments": [2]}),
    ],
)
def test_after_a_payment_it_is_a_conflict_that_says_so(
    followed: Warehouse, number: int, reason: str, payment: dict[str, Any]
) -> None:
    assert ledger_of(followed, number) == (1, "A", "conflict")
    assert conflict_of(followed, number) == (reason, payment)
    assert ledger_audit(followed, number) == [FIRST_SCOUT, ("CONFLICT_AFTER_PAYMENT", 1, 1)]


def test_a_payment_to_somebody_else_or_of_nothing_holds_nobody(followed: Warehouse) -> None:
    assert ledger_of(followed, 7) == (5, "A", "assigned")


def test_a_correction_that_was_taken_back_before_the_next_run_leaves_no_trace(followed: Warehouse) -> None:
    assert event_audit(followed, "801") == []
    assert ledger_audit(followed, 8) == [FIRST_SCOUT]


def test_a_scout_corrected_twice_is_audited_twice_and_the_last_one_counts(followed: Warehouse) -> None:
    assert event_audit(followed, "901") == [("SOURCE_CORRECTED", 1, 5), ("SOURCE_CORRECTED", 5, 6)]
    assert ledger_of(followed, 9) == (6, "A", "assigned")
    assert ledger_audit(followed, 9)[-1][1:] == (1, 6)


def test_a_decision_holds_until_the_correction_brings_a_scout_that_the_human_had_not_seen(followed: Warehouse) -> None:
    assert ledger_of(followed, 10) == (1, "MANUAL", "conflict")
    assert conflict_of(followed, 10) == ("SCOUT_CORRECTED_AFTER_DECISION", None)
    # withdrawn: the human had seen all that is left
    assert ledger_of(followed, 11) == (1, "MANUAL", "assigned")


def test_one_of_two_rows_corrected_is_a_conflict_and_ends_when_they_agree(followed: Warehouse) -> None:
    assert ledger_of(followed, 12) == (1, "A", "conflict")
    assert conflict_of(followed, 12) == ("SEVERAL_SCOUTS", None)
    assert ledger_of(followed, 13) == (5, "BACKFILL_SINGLE_SCOUT_FROM_EVENTS", "assigned")
    correct(followed, 1202, 5)
    refresh()
    assert ledger_of(followed, 12) == (5, "A", "assigned")
    assert ledger_audit(followed, 12)[-1] == ("SOURCE_CORRECTED", 1, 5)


def test_the_copy_of_a_scout_on_a_cabinet_lead_follows_its_scouting_row(followed: Warehouse) -> None:
    copied = ("ONE_LEAD_ONE_SCOUTING_ROW", None)
    assert event_audit(followed, "l14") == [(*copied, 1), ("SOURCE_CORRECTED", 1, 5)]
    assert ledger_of(followed, 14) == (5, "A", "assigned")
    assert event_audit(followed, "l15") == [(*copied, 9), ("SOURCE_WITHDRAWN", 9, None)]
    assert ledger_of(followed, 15) == (None, "B", "assigned")
    # and gets the next one, as a lead without a scout does
    correct(followed, 1501, 6)
    refresh()
    assert event_audit(followed, "l15")[-1] == (*copied, 6)
    assert ledger_of(followed, 15)[::2] == (6, "assigned")


def test_a_migration_s_corrected_scout_is_followed(followed: Warehouse) -> None:
    assert event_audit(followed, "16") == [("SOURCE_CORRECTED", 1, 5)]
    assert ledger_of(followed, 16) == (5, "A_FLEET", "assigned")


def test_what_the_source_corrected_is_sealed_with_its_run(followed: Warehouse) -> None:
    sealed = rows(
        followed,
        "select distinct run.job_type::text, chain.is_intact, chain.audit_rows > 0 as has_rows"
        " from ops.lead_events_scout_backfill_audit as audit"
        " inner join ops.ingestion_runs as run on run.id = audit.ingestion_run_id"
        " inner join ops.v_audit_chain as chain on chain.run_id = run.id and chain.part = 'backfills'"
        " where audit.mapping_method = 'SOURCE_WITHDRAWN' order by 1",
    )
    assert [tuple(row.values()) for row in sealed] == [
        ("identity_run", True, True),
        ("scout_attribution_refresh", True, True),
    ]


def test_what_follows_runs_again_without_a_change_and_breaks_no_check(followed: Warehouse) -> None:
    assert broken(followed) == []
    assert differences(followed, LIVE) == {}
    past = everything(followed)
    refresh()
    followed.execute("insert into canon.attribution_queue select person_key from canon.identity_registry")
    attribute()
    ingest(incremental=False)
    attribute()
    assert everything(followed) == past


def test_the_conflict_ends_when_the_source_gives_the_paid_scout_back(followed: Warehouse) -> None:
    for row in (301, 401):
        correct(followed, row, 1)
    refresh()
    for number in (3, 4):
        assert ledger_of(followed, number) == (1, "A", "assigned")
        assert conflict_of(followed, number) is None
        (row,) = rows(
            followed,
            "select evidence_json from observational.lead_ledger where person_key = %s::uuid",
            key_of(followed, number),
        )
        assert not {"conflict_reason", "conflict_payment", "gone_scouts"} & set(row["evidence_json"])


def test_a_conflict_after_payment_stays_one_when_the_payment_s_row_goes_and_a_human_ends_it(
    followed: Warehouse,
) -> None:
    followed.execute("delete from public.module_ct_cabinet_payments")
    correct(followed, 501, 7)
    refresh()
    assert ledger_of(followed, 5) == (1, "A", "conflict")
    assert conflict_of(followed, 5) == (
        "SCOUT_CORRECTED_AFTER_PAYMENT", {"scout_id": 1, "partner_payments": [1]},
    )  # fmt: skip
    decisions.resolve_scout_conflict(key_of(followed, 5), 7, "the form says so", author=AUTHOR)
    refresh()
    assert ledger_of(followed, 5) == (7, "MANUAL", "assigned")
    assert broken(followed) == []


def test_undoing_a_run_brings_no_scout_back_that_the_source_took_back(followed: Warehouse) -> None:
    (run,) = rows(followed, "select max(id) as id from ops.ingestion_runs where job_type = 'scout_attribution_refresh'")
    decisions.revert_backfill(run["id"], "wrong file", author=AUTHOR, dry_run=False)
    scouts = {
        row["source_pk"]: row["scout_id"]
        for row in rows(followed, "select source_pk, scout_id from observational.lead_events")
    }
    # the copies lose their scout; the rows keep what the source says
    assert (scouts["l14"], scouts["l15"], scouts["1401"], scouts["1501"]) == (None, None, 5, None)
    # the ledger is what it was before, held by the human's word
    assert ledger_of(followed, 1) == (1, "MANUAL", "assigned")
    assert ledger_of(followed, 3) == (1, "MANUAL", "assigned")
    refresh()
    assert ledger_of(followed, 1) == (1, "MANUAL", "assigned")
    assert event_audit(followed, "l14")[-1] == ("SOURCE_CORRECTED", 1, 5)
    assert broken(followed) == []
