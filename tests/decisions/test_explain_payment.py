"""Payments without a claim that a human explains: no problem any more, never silent, and taken back like the rest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from control_tower.decisions import Author, Decision, explain_payment
from control_tower.decisions.postponements import postpone_case, today
from control_tower.errors import CaseChanged, DecidedSince, ReasonMissing, UnknownDecision, UnknownPayment
from control_tower.monitoring import health_check, probes
from control_tower.monitoring.probes import ProbeContext
from control_tower.review_cases import complete_cases

Warehouse = psycopg.Connection[Any]
ANA, LUIS = Author("ana"), Author("luis")
WHY = "Yango confirmed it by mail."

PAYMENTS = """
insert into canon.payments_without_claim (
    payment_key, driver_id, milestone_value, expected_amount, currency, since, reason_code, is_paid
)
select 'p' || number, 'd' || number, 5, 10 * number, 'PEN', now() - interval '1 day', 'EARLIER_LEAD_DATE', number < 3
from generate_series(1, 3) as number
"""
"""Two payments without a claim, of 10 and 20 PEN, and one that the partner took back."""


@pytest.fixture(autouse=True)
def _payments(warehouse: Warehouse) -> None:
    warehouse.execute(PAYMENTS)
    refresh(warehouse)


def refresh(warehouse: Warehouse) -> None:
    """What the end of a run does with these cases."""
    with warehouse.transaction():
        complete_cases(warehouse)


def unexplained(warehouse: Warehouse) -> tuple[str, int]:
    """The state of the check, and how many payments it counts."""
    (result,) = probes.payments(ProbeContext(warehouse, health_check.clock(warehouse)))
    return result.state, result.value["payments_count"]


def open_cases(warehouse: Warehouse) -> list[str]:
    rows = warehouse.execute("select case_key from ops.v_review_cases order by 1").fetchall()
    kept = warehouse.execute("select case_key from canon.review_cases order by 1").fetchall()
    assert rows == kept
    return [key for (key,) in rows]


def listed(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return warehouse.execute(
        "select payment_key, explained_by, explanation from ops.v_payments_without_claim order by payment_key"
    ).fetchall()


def version(warehouse: Warehouse, key: str) -> str:
    row = warehouse.execute("select case_version from ops.v_review_cases where case_key = %s", [key]).fetchone()
    assert row is not None
    return str(row[0])


def undo(decision: Decision, author: Author = LUIS) -> Decision:
    return explain_payment("p2", "It was another payment.", author=author, undo_decision=decision.id)


def test_an_explained_payment_is_no_problem_and_stays_listed(warehouse: Warehouse) -> None:
    assert unexplained(warehouse) == ("YELLOW_PAYMENTS_UNEXPLAINED", 2)
    decision = explain_payment("p2", f" {WHY} ", author=ANA)
    assert (decision.kind, decision.source_table, decision.source_pk) == (
        "explain_payment", "yango_payment_ledger", "p2"
    )  # fmt: skip
    assert decision.before == {"explanation": None}
    assert unexplained(warehouse) == ("YELLOW_PAYMENTS_UNEXPLAINED", 1)
    assert open_cases(warehouse) == ["p1"]
    assert listed(warehouse) == [("p1", None, None), ("p2", "ana", WHY)]
    explain_payment("p1", WHY, author=ANA)
    assert unexplained(warehouse) == ("OK", 0)
    refresh(warehouse)
    assert open_cases(warehouse) == []


def test_the_explanation_is_taken_back_and_that_too(warehouse: Warehouse) -> None:
    first = explain_payment("p2", WHY, author=ANA)
    second = undo(first)
    assert second.after == {"explanation": None, "undid_decision": first.id}
    assert open_cases(warehouse) == ["p1", "p2"]
    assert listed(warehouse)[1] == ("p2", None, None)
    with pytest.raises(DecidedSince):
        undo(first, ANA)
    undo(second, ANA)
    assert listed(warehouse)[1] == ("p2", "ana", WHY), "what was said first holds again"
    assert unexplained(warehouse)[1] == 1


def test_one_that_loses_its_claim_again_is_unexplained_again(warehouse: Warehouse) -> None:
    explain_payment("p2", WHY, author=ANA)
    warehouse.execute("update canon.payments_without_claim set since = clock_timestamp() where payment_key = 'p2'")
    assert unexplained(warehouse)[1] == 2
    refresh(warehouse)
    assert open_cases(warehouse) == ["p1", "p2"]
    again = explain_payment("p2", WHY, author=ANA)
    assert (again.before, again.notes) == ({"explanation": None}, ()), "it is a decision of its own"


def test_the_same_twice_is_one_and_somebody_else_s_is_not_overwritten_unseen(warehouse: Warehouse) -> None:
    seen = version(warehouse, "p2")
    first = explain_payment("p2", WHY, author=ANA, case_version=seen)
    assert explain_payment("p2", WHY, author=ANA, case_version=seen).id == first.id
    with pytest.raises(CaseChanged) as refused:
        explain_payment("p2", "Settled.", author=LUIS, case_version=seen)
    assert (refused.value.decided_by, refused.value.is_open) == ("ana", False)
    undo(first)
    assert version(warehouse, "p2") != seen


def test_what_cannot_be_is_refused_and_nothing_is_written(warehouse: Warehouse) -> None:
    for key in ("p3", "nothing", ""):
        with pytest.raises(UnknownPayment):
            explain_payment(key, WHY, author=ANA)
    with pytest.raises(ReasonMissing):
        explain_payment("p2", " ", author=ANA)
    other = explain_payment("p1", WHY, author=ANA)
    for number in (other.id, 99):
        with pytest.raises(UnknownDecision):
            explain_payment("p2", WHY, author=ANA, undo_decision=number)
    assert explain_payment("p2", WHY, author=ANA, dry_run=True).after["explanation"]["reason"] == WHY
    assert listed(warehouse)[1] == ("p2", None, None)


def test_a_decision_ends_that_it_was_put_off(warehouse: Warehouse) -> None:
    postpone_case("UNEXPLAINED_PAYMENT", "p2", today() + timedelta(days=1), None, who="ana")
    explain_payment("p2", WHY, author=ANA)
    assert warehouse.execute("select count(*) from ops.review_postponements").fetchone() == (0,)
