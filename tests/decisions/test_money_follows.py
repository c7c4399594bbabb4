"""A decision is committed before its money is derived: whatever happens in between, the money becomes right."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import psycopg
import pytest

from control_tower import runs
from control_tower.decisions import (
    explain_payment,
    resolve_scout_conflict,
    resolve_unmatched_lead,
    split_merged_person,
)
from control_tower.decisions.money import derive_money, money_later
from tests.decisions.merged_persons import Merged, become_one
from tests.decisions.state import ROSA, broken_checks, person_of, rows
from tests.identity.sources import driver, lead, scouting
from tests.payments.dues import MARCH, Dues
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
LEADS, SCOUTING = "module_ct_cabinet_leads", "module_ct_scouting_daily"
NAMES = {
    "d2": "Luz Elena Campos Diaz",
    "d3": "Maria Fernanda Huaman Soto",
    "d4": "Jorge Luis Paredes Vargas",
    "d5": "Rosa Elvira Mendoza Cruz",
}
PHONES = {driver_id: f"91234567{driver_id[1:]}" for driver_id in NAMES}
DAY = "2026-03-02"

MONEY = {
    "canon.scout_payments": "",
    "canon.scout_payment_milestones": "",
    "canon.scout_payment_totals": "",
    "canon.partner_claims": "",
    "canon.review_cases": "since",  # when the decision was taken
    "canon.payment_queue": "",
    "canon.partner_claims_queue": "",
}
"""What is derived of a decision, with the column that is the time of it."""


def story(warehouse: Warehouse) -> tuple[Merged, int]:
    """Two persons merged; two conflicts, one of them decided; records with and without a person; trips of all.

    Returns:
        The merged persons, and the number of the decision.
    """
    both, _ = become_one(warehouse)
    for row, driver_id in enumerate(NAMES, start=10):
        driver(warehouse, driver_id, full_name=NAMES[driver_id], phone=PHONES[driver_id], hire_date="2026-03-03")
        for place in range(2 if driver_id in ("d2", "d3") else 1):  # two scouts claim d2, and d3
            scouting(
                warehouse, row + 10 * place, NAMES[driver_id], driver_phone=PHONES[driver_id], scout_id=7 + place,
                registration_date=DAY,
            )  # fmt: skip
    for driver_id in ("d1", *NAMES):
        warehouse.execute(
            "insert into public.summary_daily (driver_id, date_file, count_orders_completed, sum_work_time_seconds)"
            " values (%s, '03-03-2026', 5, 3600)",
            [driver_id],
        )
    for driver_id in ("d2", "d5"):
        lead(
            warehouse, f"l-{driver_id}", NAMES[driver_id], park_phone=PHONES[driver_id], lead_created_at=f"{DAY} 10:00"
        )
    lead(warehouse, "open", NAMES["d4"], park_phone="955123867", lead_created_at=f"{DAY} 10:00")
    scouting(warehouse, 90, "Elena Sofia Ramos Leon", driver_phone="944321765", scout_id=9, registration_date=DAY)
    warehouse.execute("select pg_stat_force_next_flush()")
    ingest()
    attribute()
    decided = resolve_scout_conflict(str(person_of(warehouse, "d3")), 8, "form", author=ROSA)
    attribute()
    return both, decided.id


@pytest.fixture(scope="module")
def told_story(told: Any) -> tuple[str, tuple[Merged, int]]:
    return told(story)


@pytest.fixture
def beginning(told_story: tuple[str, Any]) -> str:
    return told_story[0]


def decide_all(warehouse: Warehouse, both: Merged, undone: int) -> None:
    """A decision of each kind, each about a person of its own."""
    luz, maria = str(person_of(warehouse, "d2")), str(person_of(warehouse, "d3"))
    resolve_scout_conflict(luz, 8, "form", author=ROSA)
    resolve_scout_conflict(maria, undo_decision=undone, reason="no", author=ROSA)
    resolve_unmatched_lead(LEADS, "open", driver_id="d4", reason="she called", author=ROSA)
    resolve_unmatched_lead(LEADS, "l-d5", ignore=True, replace_link=True, reason="a test", author=ROSA)
    nobody = person_of(warehouse, "90", SCOUTING)
    assert nobody is not None
    resolve_unmatched_lead(SCOUTING, "90", ignore=True, replace_link=True, reason="a test", author=ROSA)
    assert rows(warehouse, "select from canon.identity_registry where person_key = %s", nobody) == []
    split_merged_person(both.retired, "two sisters", author=ROSA, dry_run=False)


def money(warehouse: Warehouse) -> dict[str, list[str]]:
    """The rows of `MONEY`, as text."""
    query = "select (to_jsonb(kept) - %s)::text from {} as kept order by 1"
    return {
        table: [row[0] for row in warehouse.execute(query.format(table).encode(), [time])]
        for table, time in MONEY.items()
    }


def test_who_is_left_between_decision_and_money_is_derived_by_the_next_run(
    told_story: tuple[str, tuple[Merged, int]], copy_of: Callable[[str], Warehouse]
) -> None:
    name, facts = told_story
    found = {}
    for is_killed in (False, True):
        warehouse = copy_of(name)
        with money_later(set()) if is_killed else nullcontext():
            decide_all(warehouse, *facts)
        waiting = warehouse.execute(
            "select count(*) from ops.v_human_decisions where awaits_money and id > %s", [facts[1]]
        ).fetchone()
        assert waiting == (7 if is_killed else 0,), "a split is two decisions"
        if not is_killed:  # at once, without a run
            assert rows(warehouse, "select * from ops.v_scout_payment_sample where not is_as_derived") == []
            payments = "select {} from {} where person_key = any(%s) order by 1, 2"
            decided = [str(person_of(warehouse, driver_id)) for driver_id in NAMES]
            columns = "person_key, currency, scout_id, amount_payable, payment_status, block_reason, lead_date"
            assert rows(warehouse, payments.format(columns, "canon.scout_payments"), decided) == rows(
                warehouse, payments.format(columns, "ops.v_scout_payment_base"), decided
            )
        attribute()
        assert broken_checks(warehouse) == {}
        found[is_killed] = money(warehouse)
    assert found[True] == found[False]
    assert found[True]["canon.payment_queue"] == []
    assert any('"amount_payable": 45' in payment for payment in found[True]["canon.scout_payments"])


def test_a_period_closed_between_decision_and_money_pays_the_scout_who_was_decided(warehouse: Warehouse) -> None:
    dues = Dues(warehouse)
    luz = str(person_of(warehouse, "d2"))
    with money_later(set()):
        resolve_scout_conflict(luz, 8, "form", author=ROSA)
    dues.close(MARCH)
    lines = rows(
        warehouse,
        "select scout_id, milestone_trips, amount from ops.v_scout_statement_lines where person_key = %s order by 2",
        luz,
    )
    assert [(line["scout_id"], line["milestone_trips"], float(line["amount"])) for line in lines] == [
        (8, 1, 20),
        (8, 5, 25),
    ]


def test_a_run_that_begins_in_between_is_one_line_of_the_log(
    warehouse: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    luz = str(person_of(warehouse, "d2"))
    persons: set[str] = set()
    with money_later(persons):
        resolve_scout_conflict(luz, 8, "form", author=ROSA)
    assert persons == {luz}
    before = money(warehouse)
    run_id = runs.open_run("scout_attribution_refresh")
    with caplog.at_level(logging.WARNING):
        derive_money(persons)
    (line,) = [record.getMessage() for record in caplog.records if "derived by the next run" in record.getMessage()]
    assert f"run {run_id}" in line.lower()
    assert money(warehouse) == before
    runs.fail_run(run_id, "stopped")
    derive_money(persons)
    assert money(warehouse)["canon.payment_queue"] == []


def test_a_trial_and_an_explanation_derive_nothing(warehouse: Warehouse) -> None:
    luz = str(person_of(warehouse, "d2"))
    warehouse.execute(
        "insert into canon.payments_without_claim (payment_key, driver_id, person_key, milestone_value, currency,"
        " since, is_paid, reason_code) values ('p1', 'd2', %s, 5, 'PEN', now(), true, 'LINK_LOST')",
        [luz],
    )
    persons: set[str] = set()
    with money_later(persons):
        resolve_scout_conflict(luz, 8, "form", author=ROSA, dry_run=True)
        explain_payment("p1", "cash", author=ROSA)
    assert persons == set()
    assert rows(warehouse, "select * from canon.payment_queue") == []
