"""What the web derives of a decision: of one case after its answer, of several once and before it."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from control_tower.decisions.money import derive_money
from control_tower.web import decision_writer, listing
from tests.attribution import datasets
from tests.web.browsing import PERSON_1
from tests.web.conftest import client_of
from tests.web.test_review_decisions import REASON, RESOLVE, RUNNING
from tests.web.test_review_desk import conflict, decide

pytestmark = pytest.mark.usefixtures("no_dag_runs")

Warehouse = psycopg.Connection[Any]
PAYMENTS = "/scouts/liquidation/base?scout_id=7"
"""A list whose total is kept."""


@pytest.fixture
def events() -> list[object]:
    """What happened in which order: an answer was sent, or the money of persons is derived."""
    return []


@pytest.fixture
def editor(
    airflow_app: ASGIApp, tokens: dict[str, str], nothing_else: None, events: list[object],
    monkeypatch: pytest.MonkeyPatch,
) -> TestClient:  # fmt: skip
    """A client of who may decide, in front of everything that an answer passes."""

    async def observed(scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                events.append("answer")

        await airflow_app(scope, receive, sent)

    def derived(persons: set[str], *arguments: Any) -> None:
        if persons:
            events.append(set(persons))
        derive_money(persons, *arguments)

    monkeypatch.setattr(decision_writer, "derive_money", derived)
    return client_of(observed, tokens["editor"])


def paid(warehouse: Warehouse, person_key: str) -> tuple[Any, ...] | None:
    """Scout, reason and amount of a person in the list of payments."""
    return warehouse.execute(
        "select scout_id, block_reason, amount_payable from canon.scout_payments where person_key = %s", [person_key]
    ).fetchone()


def test_one_decision_is_answered_before_its_money_is_derived(
    editor: TestClient, own_fleet: Warehouse, events: list[object]
) -> None:
    before = paid(own_fleet, PERSON_1)
    answer = editor.post(RESOLVE, json={"scout_id": 7, "reason": REASON})
    assert events == ["answer", {PERSON_1}]
    after = paid(own_fleet, PERSON_1)
    assert (before, after) == ((None, "CONFLICT", 0), (7, "NO_IDENTITY", 0))
    undo = answer.json()["undo"]
    editor.post(f"/{undo['path']}", json={**undo["body"], "reason": "wrong form"})
    assert events == ["answer", {PERSON_1}] * 2
    assert paid(own_fleet, PERSON_1) == before
    decide(editor, [conflict(PERSON_1)])
    assert events == ["answer", {PERSON_1}] * 3


def test_the_money_of_several_cases_is_derived_once_before_the_answer(
    editor: TestClient, own_fleet: Warehouse, events: list[object]
) -> None:
    persons = [datasets.person(own_fleet, number) for number in (1000, 1001, 1002)]
    for person in persons:
        for scout in (7, 9):
            datasets.event(own_fleet, person, datasets.SCOUTING, scout)
    cases = [conflict(persons[0]), conflict(persons[1], 999), conflict(persons[2])]
    decide(editor, cases, dry_run=True)
    assert events == ["answer"]
    decide(editor, cases)
    assert events[1:] == [{persons[0], persons[2]}, "answer"]


def test_a_refused_decision_derives_nothing(editor: TestClient, own_fleet: Warehouse, events: list[object]) -> None:
    assert editor.post(RESOLVE, json={"scout_id": 999, "reason": REASON}).status_code == 422
    own_fleet.execute(RUNNING.encode())
    assert editor.post(RESOLVE, json={"scout_id": 7, "reason": REASON}).status_code == 202
    assert events == ["answer"] * 2


def test_totals_read_before_the_money_followed_are_counted_again(
    editor: TestClient, own_fleet: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing.TTLCache, "FACTOR", 1e6)  # as if counting took long

    def total() -> Any:
        return editor.get(f"{PAYMENTS}&page_size=1").json()["pagination"]["total"]

    before, seen = total(), []

    def derived(persons: set[str], *arguments: Any) -> None:
        seen.append(total())
        derive_money(persons, *arguments)

    monkeypatch.setattr(decision_writer, "derive_money", derived)
    editor.post(RESOLVE, json={"scout_id": 7, "reason": REASON})
    assert seen == [before]
    assert total() == before + 1
