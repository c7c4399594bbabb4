"""Stories of scouts: who is paid, how much, and why not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.views.conftest import LEAD, Fleet, Row


def base(fleet: Fleet) -> Row:
    (row,) = fleet.read("ops.v_scout_payment_base", "person_key")
    return row


@pytest.mark.parametrize(
    ("trips", "reached", "amount", "status"),
    [(0, 0, 0, "PENDING"), (1, 1, 20, "ELIGIBLE"), (5, 5, 45, "ELIGIBLE"), (25, 25, 100, "ELIGIBLE")],
)
def test_the_milestones_that_a_scout_earned_add_up(
    fleet: Fleet, trips: int, reached: int, amount: int, status: str
) -> None:
    person = fleet.claim("D1", trips)
    fleet.event(person, LEAD + timedelta(1), scout=7)

    row = base(fleet)

    assert (row["scout_id"], row["driver_id"], row["origin_tag"]) == (7, "D1", "cabinet")
    assert (row["milestone_reached"], row["amount_payable"], row["payment_status"]) == (reached, amount, status)
    assert row["milestone_date"] == (LEAD if reached else None)
    assert row["eligible_7d"] is bool(reached)
    assert row["block_reason"] is None


def test_a_person_whom_two_scouts_claim_is_blocked_and_paid_to_nobody(fleet: Fleet) -> None:
    person = fleet.claim("D1", 25)
    fleet.event(person, scout=7)
    fleet.event(person, scout=8)

    row = base(fleet)

    assert (row["payment_status"], row["block_reason"], row["amount_payable"]) == ("BLOCKED", "CONFLICT", 0)
    assert [r["scout_id"] for r in fleet.read("observational.v_conversion_metrics", "person_key")] == [None]
    assert not any(
        r["is_payable"] for r in fleet.read("ops.v_payment_calculation", "rule_id") if r["rule_scope"] == "scout"
    )


def test_a_human_decision_unblocks_the_person(fleet: Fleet) -> None:
    person = fleet.claim("D1", 5)
    fleet.event(person, scout=7)
    fleet.event(person, scout=8)
    fleet.ledger(person, 8, rule="MANUAL")

    assert (base(fleet)["scout_id"], base(fleet)["payment_status"], base(fleet)["amount_payable"]) == (
        8,
        "ELIGIBLE",
        45,
    )
    assert [r["scout_id"] for r in fleet.read("observational.v_conversion_metrics", "person_key")] == [8]


def test_a_person_without_a_driver_account_is_blocked_until_there_is_one(fleet: Fleet) -> None:
    fleet.event(fleet.person(), scout=7)

    assert (base(fleet)["payment_status"], base(fleet)["block_reason"]) == ("BLOCKED", "NO_IDENTITY")


def test_a_lead_that_no_rule_pays_is_blocked_with_that_reason(fleet: Fleet) -> None:
    person = fleet.person("D1")
    fleet.event(person, origin="fleet_migration", scout=7)
    fleet.trips("D1", 0, 5)

    assert (base(fleet)["payment_status"], base(fleet)["block_reason"]) == ("BLOCKED", "NO_RULE")

    fleet.run(
        "insert into ops.scout_payment_rules (origin_tag, window_days, milestone_trips, amount, valid_from) "
        "values ('fleet_migration', 30, 5, 60, '2025-11-01')"
    )
    assert (base(fleet)["payment_status"], base(fleet)["amount_payable"]) == ("ELIGIBLE", 60)
    (rule,) = [r for r in fleet.read("ops.v_payment_calculation", "rule_id") if r["rule_scope"] == "scout"]
    assert (rule["payment_scheme"], rule["payable_date"] - LEAD) == ("migration_30d_5trips", timedelta(30))


def test_each_claim_appears_once_with_its_scout_however_often_the_scout_is_listed(fleet: Fleet) -> None:
    person = fleet.claim("D1", 5)
    fleet.event(person, scout=7)
    for name, is_active in (("viejo", False), (" ana  lópez ", True)):
        fleet.run(
            "insert into public.module_ct_scouts_list (scout_id, raw_name, is_active) values (7, %s, %s)",
            name,
            is_active,
        )
    fleet.run("insert into public.module_ct_scouts_list (scout_id, name) values (8, 'Solo Nombre')")
    fleet.keep_claims()

    rows = fleet.read("ops.v_yango_collection_with_scout", "milestone_value")

    assert [(r["driver_id"], r["milestone_value"], r["expected_amount"]) for r in rows] == [
        ("D1", 1, 25),
        ("D1", 5, 35),
    ]
    assert {(r["scout_id"], r["scout_name_normalized"], r["scout_is_active"]) for r in rows} == {(7, "ANA LÓPEZ", True)}
    assert [r["raw_name"] for r in fleet.read("ops.v_dim_scouts", "scout_id")] == [" ana  lópez ", "Solo Nombre"]


def test_the_bucket_says_where_the_scout_comes_from(fleet: Fleet) -> None:
    people = {name: fleet.claim(name) for name in ("ledger", "scouting", "migration", "conflict", "nobody")}
    fleet.event(people["ledger"], scout=7)
    fleet.ledger(people["ledger"], 7)
    fleet.event(people["scouting"], scout=7)
    fleet.event(people["migration"], origin="fleet_migration", scout=7)
    fleet.event(people["conflict"], scout=7)
    fleet.event(people["conflict"], scout=8)
    fleet.keep_claims()

    rows = fleet.read("ops.v_yango_collection_with_scout", "driver_id")

    found = {r["driver_id"]: (r["scout_quality_bucket"], r["is_scout_resolved"], r["is_conflict"]) for r in rows}
    assert found == {
        "ledger": ("SATISFACTORY_LEDGER", True, False),
        "scouting": ("EVENTS_ONLY", True, False),
        "migration": ("EVENTS_ONLY", True, False),
        "conflict": ("MISSING", False, True),
        "nobody": ("MISSING", False, False),
    }
