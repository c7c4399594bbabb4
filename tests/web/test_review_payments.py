"""A payment without a claim at the review: what it shows, that it is explained at once, and where that is told."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from tests.web.browsing import Page
from tests.web.test_dag_runs import code, dag_runs
from tests.web.test_review_decisions import ENDED, RUNNING, decisions, version
from tests.web.test_review_desk import decide, outcomes
from tests.web.test_review_page import case_of

pytestmark = pytest.mark.usefixtures("no_dag_runs")

Warehouse = psycopg.Connection[Any]
PAYMENT = {"case_kind": "UNEXPLAINED_PAYMENT", "case_key": "payment2", "choice": {"explained": True}}
EXPLAIN = "/yango/cabinet/payments-without-claim/explain"
WHY = "test reason"


def test_the_case_asks_what_the_payment_paid_for(decider: TestClient, reader: TestClient, fleet: Warehouse) -> None:
    text = case_of(decider, "UNEXPLAINED_PAYMENT", "payment2")
    assert "&#34;explained&#34;: true" in text
    assert "Yango confirmed that the payment is right." in text
    assert 'data-do="later"' in text
    assert "Another driver account" not in text
    shown = case_of(reader, "UNEXPLAINED_PAYMENT", "payment2")
    assert 'name="choice"' not in shown
    assert "Su rol puede ver" in Page(shown).text


def test_it_is_explained_at_once_listed_with_who_and_why_and_taken_back(
    editor: TestClient, decider: TestClient, own_fleet: Warehouse
) -> None:
    assert "Yango paid 2 milestones" in Page(decider.get("/scouts/cobranza-yango").text).text
    case = {**PAYMENT, "case_version": version(own_fleet, "payment2")}
    done = decide(editor, [case], reason=WHY)
    assert outcomes(done) == [("DECIDED", None)]
    decided = done["outcomes"][0]["decision"]
    assert decided["what"] == "The payment is explained."
    assert decisions(own_fleet) == [("explain_payment", "editor", WHY)]

    listed = {row["payment_key"]: row for row in editor.get("/yango/cabinet/payments-without-claim").json()["items"]}
    assert (listed["payment2"]["explained_by"], listed["payment2"]["explanation"]) == ("editor", WHY)
    assert listed["payment1"]["explained_at"] is None
    for explained, key in (("true", "payment2"), ("false", "payment1")):
        rows = editor.get(f"/yango/cabinet/payments-without-claim?explained={explained}").json()["items"]
        assert [row["payment_key"] for row in rows] == [key]
    page = Page(decider.get("/scouts/cobranza-yango").text).text
    assert "Yango paid 1 milestone" in page
    assert f"editor decided it: “{WHY}”" in page
    assert decider.get("/review/queue?kind=UNEXPLAINED_PAYMENT").json() == [
        {"kind": "UNEXPLAINED_PAYMENT", "key": "payment1"}
    ]
    today = Page(decider.get("/review/today").text)
    assert "The payment is explained." in today.text
    person = decided["person_key"]
    assert "The payment is explained." in Page(decider.get(f"/persons/{person}").text).text

    assert decided["undo"] == {
        "path": EXPLAIN[1:],
        "body": {"payment_key": "payment2", "undo_decision": decided["decision_id"]},
    }
    (item,) = editor.get("/review/decisions").json()["items"]
    assert item["undo"] == decided["undo"]
    undone = editor.post(EXPLAIN, json={**decided["undo"]["body"], "reason": "another payment"})
    assert undone.status_code == 200, undone.text
    assert undone.json()["what"].endswith("Now: The payment waits for an explanation.")
    assert len(decider.get("/review/queue?kind=UNEXPLAINED_PAYMENT").json()) == 2
    assert editor.get("/review/progress").json()["decided_by_me"] == 0


def test_no_dag_takes_it_over_while_a_run_is_at_work(editor: TestClient, own_fleet: Warehouse) -> None:
    own_fleet.execute(RUNNING.encode())
    (outcome,) = decide(editor, [PAYMENT])["outcomes"]
    assert (outcome["outcome"], outcome["code"]) == ("REFUSED", "RUN_AT_WORK")
    assert outcome["detail"].startswith("A run has been at work since ")
    body = {"payment_key": "payment2", "reason": WHY}
    assert code(editor.post(EXPLAIN, json=body)) == (409, "RUN_AT_WORK")
    assert dag_runs() == []
    own_fleet.execute(ENDED.encode())
    assert editor.post(EXPLAIN, json=body).status_code == 200
    assert code(editor.post(EXPLAIN, json={**body, "payment_key": "payment3"})) == (404, "UNKNOWN_PAYMENT")
