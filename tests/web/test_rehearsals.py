"""Rehearsals over the web: what starts one, what is refused, and what the page and the file show of its result."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.rehearsal.report import ALL_DIFFERENCES, Rehearsal
from control_tower.runs import RUN_SETTINGS
from control_tower.web.api.rehearsals import ChangesToRehearse
from tests.web.test_dag_runs import code, dag_runs, pause
from tests.web.test_lists import parsed

pytestmark = pytest.mark.usefixtures("no_dag_runs")

Warehouse = psycopg.Connection[Any]

DIFFERENCE: dict[str, Any] = {
    "subject": "ledger", "kind": "scout_changed", "source_table": None, "source_pk": None, "name": "<b>A•••",
    "person_before": "00000000-0000-0000-0000-0000000000a1", "person_after": "00000000-0000-0000-0000-0000000000a1",
    "driver_id": None, "driver_name": None, "milestone": None, "before": "assigned A", "after": "assigned A",
    "scout_before": 7, "scout_after": 9, "currency": None, "amount_before": None, "amount_after": None, "reason": None,
}  # fmt: skip
CLAIM = {
    **DIFFERENCE, "subject": "claim", "kind": "gone", "driver_id": "=d1", "milestone": 5, "before": "UNPAID",
    "after": None, "currency": "PEN", "amount_before": "35.00",
}  # fmt: skip
FOUND = Rehearsal(
    kind="first_run",
    changes={"hot_value_people": {"before": 5, "after": 3}},
    objects=[{"kind": "table", "before": 29, "created": 60, "changed": 7, "dropped": 0, "left_alone": 22}],
    differences=[{"subject": "ledger", "kind": "scout_changed", "source_table": None, "differences": 1234}],
    records=[{"subject": "link", "source_table": "drivers", "name": "DRIVER_MATCH", "before": 3, "after": 4}],
    scouts=[{"scout_before": 7, "scout_after": 9, "persons": 1234}],
    money=[
        {"subject": "claim", "currency": "PEN", "status": "UNPAID", "before": 2, "amount_before": "60.00", "after": 1,
         "amount_after": "25.00"}
    ],
    scout_money=[{"scout_id": 9, "currency": "PEN", "amount_before": "0.00", "amount_after": "45.00"}],
    examples=[DIFFERENCE, CLAIM],
    rows=2,
    packed=zlib.compress(b"\n".join(json.dumps(row).encode() for row in (DIFFERENCE, CLAIM))),
    notes=["What the next run would bring is part of it."],
    seconds={"compare": 0.1},
)  # fmt: skip


def ended(dag_run_id: str, state: str = "success", **results: Any) -> None:
    """The run ended, and its task has these results."""
    from airflow.models.dagrun import DagRun
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session
    from sqlalchemy import update

    with create_session() as session:
        for key, value in results.items():
            XComModel.set(
                key=key, value=value, dag_id="rehearse", task_id="rehearse_changes", run_id=dag_run_id, session=session
            )
        session.execute(update(DagRun).where(DagRun.run_id == dag_run_id).values(state=state))


@pytest.fixture
def rehearsed(editor: TestClient) -> Callable[..., str]:
    """A run of `rehearse` that ended with these results; returns its id."""

    def start(state: str = "success", **results: Any) -> str:
        dag_run_id = str(editor.post("/rehearsals", json={"hot_value_people": 3}).json()["dag_run_id"])
        ended(dag_run_id, state, **results)
        return dag_run_id

    return start


def test_every_setting_that_a_run_keeps_can_be_rehearsed() -> None:
    assert set(ChangesToRehearse.model_fields) == set(RUN_SETTINGS)


@pytest.mark.parametrize(
    ("asked", "conf"),
    [
        ({}, {}),
        ({"hot_value_people": 3, "target_park_id": None}, {"hot_value_people": 3}),
        ({"target_park_id": ""}, {"target_park_id": ""}),
        ({"timezone": "America/Bogota", "country": "CO", "trip_days_come_in_parts": True},) * 2,
    ],
)
def test_a_rehearsal_is_a_run_of_its_dag(editor: TestClient, asked: dict[str, Any], conf: dict[str, Any]) -> None:
    answer = editor.post("/rehearsals", json=asked)
    assert answer.status_code == 202, answer.text
    (run,) = dag_runs()
    assert (run["dag_id"], run["user"], run["conf"]) == ("rehearse", "editor", conf)
    assert answer.json()["dag_run_id"] == run["run_id"]


@pytest.mark.parametrize(
    "asked",
    [
        {"hot_value_people": 0},
        {"hot_value_people": 1001},
        {"hot_value_people": "3"},
        {"hot_value_people": True},
        {"country": "XX"},
        {"timezone": "America/Nowhere"},
        {"trip_days_come_in_parts": "yes"},
        {"target_park_id": 7},
        {"batch_size": 5},
        {"dry_run": True},
    ],
)
def test_what_cannot_be_rehearsed_starts_nothing(editor: TestClient, asked: dict[str, Any]) -> None:
    assert code(editor.post("/rehearsals", json=asked)) == (422, "INVALID")
    assert dag_runs() == []


def test_while_its_dag_is_paused_nothing_is_rehearsed(editor: TestClient) -> None:
    pause("rehearse")
    assert code(editor.post("/rehearsals", json={})) == (423, "PAUSED")


def test_a_viewer_sees_rehearsals_and_starts_none(viewer: TestClient, reader: TestClient) -> None:
    assert code(viewer.post("/rehearsals", json={})) == (403, "FORBIDDEN")
    text = reader.get("/rehearsals", params={"lang": "en"}).text
    assert "Nothing has been rehearsed yet" in text
    assert "<form" not in text.split("<main")[1]


def test_the_report_is_that_of_the_run_or_of_the_newest_that_ended_well(editor: TestClient, rehearsed: Any) -> None:
    assert editor.get("/rehearsals/report").json() == {"dag_run_id": None, "report": None}
    first = rehearsed(return_value=FOUND.summary())
    second = rehearsed(return_value={**FOUND.summary(), "kind": "settings"})
    failed = rehearsed("failed")
    for asked, expected, kind in (({}, second, "settings"), ({"dag_run_id": first}, first, "first_run")):
        body = editor.get("/rehearsals/report", params=asked).json()
        assert (body["dag_run_id"], body["report"]["kind"]) == (expected, kind)
    assert body["report"]["money"][0]["amount_after"] == 25.0
    assert body["report"]["rows"] == 2
    assert editor.get("/rehearsals/report", params={"dag_run_id": failed}).json()["report"] is None
    assert editor.get("/rehearsals/report", params={"dag_run_id": "nobody"}).json()["report"] is None
    items = editor.get("/rehearsals").json()["items"]
    assert [(run["dag_run_id"], run["state"]) for run in items] == [
        (failed, "failed"), (second, "success"), (first, "success")
    ]  # fmt: skip
    assert items[0]["changes"] == {"hot_value_people": 3}
    assert items[0]["triggered_by"] == "editor"


def test_the_file_has_every_difference_and_no_formula(editor: TestClient, rehearsed: Any) -> None:
    assert parsed(editor.get("/rehearsals/differences.csv").text, list(DIFFERENCE)) == []
    rehearsed(return_value=FOUND.summary(), **{ALL_DIFFERENCES: FOUND.all_differences()})
    answer = editor.get("/rehearsals/differences.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="rehearsal.csv"'
    ledger, claim = parsed(answer.text, list(DIFFERENCE))
    assert (ledger["scout_before"], ledger["scout_after"], ledger["name"]) == ("7", "9", "<b>A•••")
    assert (claim["driver_id"], claim["amount_before"], claim["amount_after"]) == ("'=d1", "35.00", "")


def test_a_result_of_another_version_is_an_empty_file_and_a_word_on_the_page(
    editor: TestClient, decider: TestClient, rehearsed: Any
) -> None:
    rehearsed(return_value={"kind": "other"}, **{ALL_DIFFERENCES: {"other": 1}})
    assert editor.get("/rehearsals/differences.csv").text.count("\n") == 1
    text = decider.get("/rehearsals").text
    assert "no result that this version can show" in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            ["A first run", "gets another scout", "1,234", "S/\xa035.00", "Limit of shared values", "&lt;b&gt;A•••"],
        ),
        (
            "es",
            ["Una primera corrida", "recibe otro scout", "Dinero, antes y después", "Límite de valores compartidos"],
        ),
    ],
)
def test_the_page_shows_what_would_differ(decider: TestClient, rehearsed: Any, language: str, said: list[str]) -> None:
    dag_run_id = rehearsed(return_value=FOUND.summary())
    text = decider.get("/rehearsals", params={"lang": language}).text
    for words in said:
        assert words in text, words
    assert "<b>A" not in text
    assert "/api/v1/rehearsals/differences.csv?dag_run_id=manual" in text
    asked = {"dag_id": "rehearse", "dag_run_id": dag_run_id}
    followed = decider.get("/runs/progress", params=asked).text
    assert "data-done" in followed
    assert "/rehearsals?dag_run_id=manual" in followed


def test_the_page_needs_no_database(decider: TestClient, rehearsed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rehearsed(return_value=FOUND.summary())
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", "postgres://nobody@127.0.0.1:1/none")
    assert decider.get("/rehearsals").status_code == 200
