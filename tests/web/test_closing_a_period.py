"""Closing a liquidation period over the web: what starts its DAG, what is refused, and what its end shows."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from tests.web.conftest import API
from tests.web.test_dag_runs import code, dag_runs, pause

pytestmark = pytest.mark.usefixtures("no_dag_runs")

CLOSE = "/scouts/statements/close"
NOVEMBER = {"period_start": "2025-11-01", "period_end": "2025-11-15", "reason": "The first half is over."}
"""The closed periods are those of `conftest.STATEMENTS`: October."""


@pytest.mark.parametrize(("asked", "dry_run"), [({}, True), ({"dry_run": True}, True), ({"dry_run": False}, False)])
def test_a_period_is_closed_by_a_run_of_its_dag_which_is_dry_unless_said(
    editor: TestClient, fleet: psycopg.Connection[Any], asked: dict[str, bool], dry_run: bool
) -> None:
    answer = editor.post(CLOSE, json={**NOVEMBER, **asked})
    assert answer.status_code == 202, answer.text
    (run,) = dag_runs()
    assert (run["dag_id"], run["user"]) == ("close_liquidation_period", "editor")
    assert run["conf"] == {**NOVEMBER, "dry_run": dry_run}
    assert answer.json()["dag_run_id"] == run["run_id"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"period_start": "2025-10-31"}, (409, "PERIOD_CLOSED")),
        ({"period_start": "2025-09-01", "period_end": "2025-10-01"}, (409, "PERIOD_CLOSED")),
        ({"period_start": "2025-09-01", "period_end": "2025-09-15"}, (422, "INVALID")),  # before a closed one
        ({"period_end": "2025-10-31"}, (422, "INVALID")),
        ({"period_start": "2100-01-01", "period_end": "2100-01-15"}, (422, "INVALID")),
        ({"period_start": 20251101}, (422, "INVALID")),
        ({"period_start": "01-11-2026"}, (422, "INVALID")),
        ({"reason": " "}, (422, "INVALID")),
        ({"dry_run": "no"}, (422, "INVALID")),
        ({"dry_run": 0}, (422, "INVALID")),
        ({"dry_run": None}, (422, "INVALID")),
        ({"force": True}, (422, "INVALID")),
    ],
)
def test_a_closing_that_cannot_be_starts_nothing(
    editor: TestClient, fleet: psycopg.Connection[Any], changed: dict[str, Any], expected: tuple[int, str]
) -> None:
    answer = editor.post(CLOSE, json={**NOVEMBER, **changed})
    assert code(answer) == expected
    if expected[1] == "PERIOD_CLOSED":
        assert "Oct 2025" in answer.json()["detail"]
    assert dag_runs() == []


def test_while_its_dag_is_paused_no_period_is_closed(editor: TestClient, fleet: psycopg.Connection[Any]) -> None:
    pause("close_liquidation_period")
    assert code(editor.post(CLOSE, json=NOVEMBER)) == (423, "PAUSED")


RESULT = {
    "period_id": None, "period_start": "2025-11-01", "period_end": "2025-11-15", "dry_run": True,
    "due_as_of": "2025-11-16T10:00:00+00:00",
    "statements": [
        {"scout_id": 7, "scout_name": "<b>Tito", "currency": "PEN", "amount": "120.00", "lines": 4, "corrections": 1,
         "last_amount": "65.00", "difference": "55.00"},
        {"scout_id": 9, "scout_name": None, "currency": "PEN", "amount": "0.00", "lines": 0, "corrections": 0,
         "last_amount": "25.00", "difference": "-25.00"},
    ],
    "totals": [{"currency": "PEN", "statements": 1, "lines": 4, "corrections": 1, "amount": "120.00",
                "last_amount": "90.00"}],
    "notes": ["The period is not over."],
}  # fmt: skip
"""What the task of a dry run returns."""


def ended(dag_run_id: str, result: dict[str, Any] | None) -> None:
    """The run ended well, and its task returned this."""
    from airflow.models.dagrun import DagRun
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session
    from sqlalchemy import update

    with create_session() as session:
        if result is not None:
            XComModel.set(
                key="return_value",
                value=result,
                dag_id="close_liquidation_period",
                task_id="close_period",
                run_id=dag_run_id,
                session=session,
            )
        session.execute(update(DagRun).where(DagRun.run_id == dag_run_id).values(state="success"))


@pytest.mark.parametrize(
    ("changed", "said", "unsaid"),
    [
        ({}, ["Dry run: nothing was written.", "S/\xa0120.00", "-25.00", "&lt;b&gt;Tito", "Scout 9"], ["See its"]),
        ({"period_id": 3, "dry_run": False}, ["The period is closed.", "/scouts/statements?period=3"], ["Dry run"]),
        ({"totals": [], "statements": []}, ["nobody is due anything"], ["<table"]),
        ({"statements": "of another version"}, ["Open the run in Airflow"], ["<table", "Dry run"]),
    ],
)
def test_the_end_of_a_closing_shows_each_scout_beside_the_last_period(
    decider: TestClient, fleet: psycopg.Connection[Any], changed: dict[str, Any], said: list[str], unsaid: list[str]
) -> None:
    started = decider.post(f"http://testserver{API}{CLOSE}", json=NOVEMBER).json()
    ended(started["dag_run_id"], {**RESULT, **changed})
    asked = {"dag_id": "close_liquidation_period", "dag_run_id": started["dag_run_id"]}
    text = decider.get("/runs/progress", params=asked).text
    assert "data-done" in text
    for words in said:
        assert words in text, words
    for words in unsaid:
        assert words not in text, words


def test_the_end_of_a_closing_whose_result_is_gone_still_leads_to_its_run(
    decider: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    started = decider.post(f"http://testserver{API}{CLOSE}", json=NOVEMBER).json()
    ended(started["dag_run_id"], None)
    asked = {"dag_id": "close_liquidation_period", "dag_run_id": started["dag_run_id"]}
    answer = decider.get("/runs/progress", params=asked)
    assert answer.status_code == 200
    assert "Open the run in Airflow" in answer.text
