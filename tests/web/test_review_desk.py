"""The review's API: many cases at once, 'later', what was decided today with its undo, and how far the work is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.decisions.postponements import today
from control_tower.operators import step_session
from control_tower.web import decision_writer, listing
from tests.attribution import datasets
from tests.pipeline import attribute
from tests.web.browsing import PERSON_1
from tests.web.conftest import client_of
from tests.web.test_dag_runs import code, dag_runs, pause
from tests.web.test_review_decisions import ENDED, REASON, RESOLVE, RUNNING, decisions, version

pytestmark = pytest.mark.usefixtures("no_dag_runs")

Warehouse = psycopg.Connection[Any]
CONFLICT = {"case_kind": "CONFLICT", "case_key": PERSON_1}


@pytest.fixture
def other(airflow_app: Any, tokens: dict[str, str], nothing_else: None) -> TestClient:
    """A client of another user who may decide."""
    return client_of(airflow_app, tokens["admin"])


@pytest.fixture
def persons(own_fleet: Warehouse) -> list[str]:
    """Twenty persons whom scouts 7 and 9 claim."""
    keys = [datasets.person(own_fleet, number) for number in range(1000, 1020)]
    for key in keys:
        for scout in (7, 9):
            datasets.event(own_fleet, key, datasets.SCOUTING, scout)
    return keys


def conflict(person_key: str, scout_id: int = 7, **more: Any) -> dict[str, Any]:
    return {"case_kind": "CONFLICT", "case_key": person_key, "choice": {"scout_id": scout_id}, **more}


def decide(client: TestClient, cases: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    answer = client.post("/review/decisions", json={"decisions": cases, "reason": REASON, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def outcomes(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(outcome["outcome"], outcome["code"]) for outcome in answer["outcomes"]]


def test_of_twenty_cases_the_refused_one_stops_no_other_and_ten_are_undone(
    editor: TestClient, own_fleet: Warehouse, persons: list[str]
) -> None:
    cases = [conflict(key, 999 if number == 11 else 7) for number, key in enumerate(persons)]
    expected = [("REFUSED", "UNKNOWN_SCOUT") if number == 11 else ("DECIDED", None) for number in range(20)]

    trial = decide(editor, cases, dry_run=True)
    assert outcomes(trial) == expected
    assert trial["outcomes"][0]["decision"]["what"] == "Assigned to Tito Zorro (scout 7)."
    assert trial["outcomes"][0]["decision"]["decision_id"] is None
    assert decisions(own_fleet) == []

    done = decide(editor, cases)
    assert outcomes(done) == expected
    assert (done["decided"], done["refused"]) == (19, 1)
    assert done["outcomes"][11]["detail"]
    assert len(decisions(own_fleet)) == 19

    listed = editor.get("/review/decisions?by=me").json()
    assert listed["is_complete"]
    assert [item["decision_id"] for item in listed["items"]] == sorted(
        (outcome["decision"]["decision_id"] for outcome in done["outcomes"] if outcome["decision"]), reverse=True
    )
    for item in listed["items"][:10]:
        assert item["can_undo"]
        undone = editor.post(f"/{item['undo']['path']}", json={**item["undo"]["body"], "reason": "the wrong list"})
        assert undone.status_code == 200, undone.text
    after = editor.get("/review/decisions?by=all").json()["items"]
    assert len(after) == 29
    assert [item["can_undo"] for item in after] == [True] * 10 + [False] * 10 + [True] * 9
    progress = editor.get("/review/progress").json()
    assert (progress["decided_by_me"], progress["decided_by_all"]) == (9, 9), "an undone case does not count"

    attribute()  # its last step seals the chain
    assert own_fleet.execute("select finding from ops.verify_audit() where not is_intact").fetchall() == []


def test_only_cases_of_one_kind_with_one_choice_each_are_decided_together(editor: TestClient, fleet: Warehouse) -> None:
    record = {"case_kind": "UNMATCHED", "case_key": "module_ct_cabinet_leads|l6", "choice": {"ignore": True}}
    for cases in (
        [conflict(PERSON_1), record],
        [],
        [conflict(PERSON_1)] * 101,
        [{**CONFLICT, "choice": {}}],
        [{**CONFLICT, "choice": {"scout_id": 7, "nobody": True}}],
        [{**CONFLICT, "choice": {"ignore": True}}],
        [{**record, "choice": {"scout_id": 7}}],
        [{"case_kind": "UNEXPLAINED_PAYMENT", "case_key": "p1", "choice": {"ignore": True}}],
        [{**CONFLICT, "choice": {"explained": True}}],
    ):
        answer = editor.post("/review/decisions", json={"decisions": cases, "reason": REASON, "dry_run": True})
        assert code(answer) == (422, "INVALID"), cases
    blank = editor.post("/review/decisions", json={"decisions": [record], "reason": " ", "dry_run": True})
    assert code(blank) == (422, "INVALID")


def test_a_case_that_somebody_decided_meanwhile_is_told_with_who_and_when(
    editor: TestClient, other: TestClient, own_fleet: Warehouse
) -> None:
    shown = version(own_fleet, PERSON_1)
    assert outcomes(decide(other, [conflict(PERSON_1, 9, case_version=shown)])) == [("DECIDED", None)]
    (outcome,) = decide(editor, [conflict(PERSON_1, 7, case_version=shown)])["outcomes"]
    assert (outcome["outcome"], outcome["code"]) == ("CHANGED", "CASE_DECIDED")
    assert outcome["newer"]["decided_by"] == "admin"
    assert [who for _, who, _ in decisions(own_fleet)] == ["admin"]


def test_records_are_decided_by_the_key_of_their_case(editor: TestClient, own_fleet: Warehouse) -> None:
    key = "module_ct_cabinet_leads|l6"
    case = {"case_kind": "UNMATCHED", "case_key": key, "case_version": version(own_fleet, key)}
    assert outcomes(decide(editor, [{**case, "choice": {"driver_id": "d1"}}])) == [("DECIDED", None)]
    again = decide(editor, [{**case, "choice": {"ignore": True}}])
    assert outcomes(again) == [("CHANGED", "CASE_DECIDED")]
    unknown = {"case_kind": "UNMATCHED", "case_key": "module_ct_cabinet_leads|nowhere", "choice": {"ignore": True}}
    assert outcomes(decide(editor, [unknown])) == [("REFUSED", "UNKNOWN_RECORD")]


def test_during_a_run_a_case_is_handed_over(editor: TestClient, own_fleet: Warehouse, persons: list[str]) -> None:
    own_fleet.execute(RUNNING.encode())
    (handed,) = decide(editor, [conflict(persons[0])])["outcomes"]
    assert handed["outcome"] == "HANDED_OVER"
    assert [handed["run"]["dag_run_id"]] == [run["run_id"] for run in dag_runs()]
    assert outcomes(decide(editor, [conflict(persons[2])], dry_run=True)) == [("HANDED_OVER", None)]
    pause("resolve_scout_conflict")
    assert outcomes(decide(editor, [conflict(persons[2])])) == [("REFUSED", "PAUSED")]
    own_fleet.execute(ENDED.encode())
    assert outcomes(decide(editor, [conflict(persons[2])])) == [("DECIDED", None)]


@pytest.mark.parametrize("is_trial", [True, False])
def test_during_a_run_several_cases_are_refused_and_none_starts_a_run(
    editor: TestClient, own_fleet: Warehouse, persons: list[str], is_trial: bool
) -> None:
    own_fleet.execute(RUNNING.encode())
    done = decide(editor, [conflict(key) for key in persons], dry_run=is_trial)
    assert outcomes(done) == [("REFUSED", "RUN_AT_WORK")] * 20
    assert [outcome["case_key"] for outcome in done["outcomes"]] == persons
    assert "at work since" in done["outcomes"][19]["detail"]
    assert "when it has ended" in done["outcomes"][19]["next_action"]
    assert (dag_runs(), decisions(own_fleet)) == ([], [])
    own_fleet.execute(ENDED.encode())
    assert outcomes(decide(editor, [conflict(key) for key in persons])) == [("DECIDED", None)] * 20


def test_a_run_that_starts_between_two_of_several_cases_refuses_the_rest(
    editor: TestClient, own_fleet: Warehouse, persons: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    original, calls = decision_writer.FUNCTIONS["resolve_scout_conflict"], iter(range(10))

    def run_starts(*args: Any, **asked: Any) -> Any:
        if next(calls) == 1:
            own_fleet.execute(RUNNING.encode())
        return original(*args, **asked)

    monkeypatch.setitem(decision_writer.FUNCTIONS, "resolve_scout_conflict", run_starts)
    done = decide(editor, [conflict(key) for key in persons[:4]])
    assert outcomes(done) == [("DECIDED", None), *[("REFUSED", "RUN_AT_WORK")] * 3]
    assert next(calls) == 2, "the last two are not tried"
    assert (done["decided"], done["refused"]) == (1, 3)


def test_a_server_that_restarts_between_two_cases_is_named_and_the_rest_goes_on(
    editor: TestClient, own_fleet: Warehouse, persons: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    original, calls = decision_writer.FUNCTIONS["resolve_scout_conflict"], iter(range(10))

    def interrupted(*args: Any, **asked: Any) -> Any:
        if next(calls) == 1:
            with step_session() as connection:
                connection.execute("select pg_terminate_backend(pg_backend_pid())")
        return original(*args, **asked)

    monkeypatch.setitem(decision_writer.FUNCTIONS, "resolve_scout_conflict", interrupted)
    done = decide(editor, [conflict(key) for key in persons[:3]])
    assert outcomes(done) == [("DECIDED", None), ("REFUSED", "DATABASE_UNREACHABLE"), ("DECIDED", None)]
    assert len(decisions(own_fleet)) == 2


def test_without_a_server_the_answer_says_so(
    editor: TestClient, own_fleet: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", "postgres://nobody@127.0.0.1:1/nowhere")
    for path, body in (
        (RESOLVE, {"scout_id": 7, "reason": REASON}),
        ("/review/decisions", {"decisions": [conflict(PERSON_1)], "reason": REASON}),
    ):
        assert code(editor.post(path, json=body)) == (503, "DATABASE_UNREACHABLE")
    assert decisions(own_fleet) == []


def until(warehouse: Warehouse) -> Any:
    row = warehouse.execute("select postponed_until from ops.v_review_cases where case_key = %s", [PERSON_1]).fetchone()
    return row and row[0]


def test_later_is_tomorrow_at_the_earliest_and_ends_with_a_decision(editor: TestClient, own_fleet: Warehouse) -> None:
    def postpone(days: int | None, **more: Any) -> Any:
        day = None if days is None else str(today() + timedelta(days=days))
        return editor.post("/review/postpone", json={**CONFLICT, "until": day, **more})

    waiting = editor.get("/review/progress").json()["open"]
    for days in (-1, 0, 91):
        assert code(postpone(days)) == (422, "INVALID"), days
    assert until(own_fleet) is None
    assert postpone(90).json()["reason"] is None
    done = postpone(1, reason="She calls back tomorrow.")
    assert done.status_code == 200, done.text
    assert (done.json()["postponed_by"], done.json()["reason"]) == ("editor", "She calls back tomorrow.")
    assert until(own_fleet) == today() + timedelta(days=1)
    progress = editor.get("/review/progress").json()
    assert progress["postponed"] == 1

    assert postpone(None).json()["postponed_until"] is None
    assert until(own_fleet) is None
    assert postpone(1).status_code == 200
    assert editor.post(RESOLVE, json={"scout_id": 7, "reason": REASON}).status_code == 200
    assert own_fleet.execute("select count(*) from ops.review_postponements").fetchone() == (0,)
    assert editor.get("/review/progress").json()["open"] == waiting - 1
    assert code(postpone(1)) == (404, "UNKNOWN_CASE")


def test_what_waits_is_counted_once_and_decisions_since_beside_it(
    editor: TestClient, own_fleet: Warehouse, persons: list[str]
) -> None:
    def kinds() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = editor.get("/review/progress").json()["kinds"]
        return found

    def counted_anew() -> list[dict[str, Any]]:
        listing.ttl_cache.clear()
        return kinds()

    attribute()
    record = own_fleet.execute("select case_key from ops.v_review_cases where case_kind = 'UNMATCHED'").fetchone()
    assert record is not None
    unmatched = {"case_kind": "UNMATCHED", "case_key": record[0], "choice": {"ignore": True}}
    before = counted_anew()
    assert {kind["case_kind"] for kind in before} >= {"CONFLICT", "UNMATCHED"}
    done = decide(editor, [conflict(key) for key in persons[:3]])["outcomes"]
    done += decide(editor, [unmatched])["outcomes"]
    decided = kinds()
    assert {kind["case_kind"]: kind["cases"] for kind in before if kind not in decided} == {
        kind["case_kind"]: kind["cases"] + (3 if kind["case_kind"] == "CONFLICT" else 1)
        for kind in decided
        if kind not in before
    }
    assert decided == counted_anew()
    for one in (done[0], done[3]):  # of a decision that the count knows, and of one that it does not
        undo = one["decision"]["undo"]
        assert editor.post(f"/{undo['path']}", json={**undo["body"], "reason": REASON}).status_code == 200
        assert kinds() == counted_anew(), one
    listing.ttl_cache.clear()
    postponed = {**CONFLICT, "until": str(today() + timedelta(days=1))}
    assert editor.post("/review/postpone", json=postponed).status_code == 200
    waiting = editor.get("/review/progress").json()
    assert editor.post(RESOLVE, json={"scout_id": 7, "reason": REASON}).status_code == 200
    after = editor.get("/review/progress").json()
    assert (after["open"], after["postponed"]) == (waiting["open"], waiting["postponed"] - 1)


def test_a_case_is_put_off_until_its_day_and_no_longer(editor: TestClient, own_fleet: Warehouse) -> None:
    put_off = (
        "insert into ops.review_postponements (case_kind, case_key, postponed_until, postponed_by)"
        " values ('CONFLICT', %s, %s, 'ana') on conflict (case_kind, case_key) do update"
        " set postponed_until = excluded.postponed_until"
    )
    for days, postponed in ((1, 1), (0, 0)):
        own_fleet.execute(put_off, [PERSON_1, today() + timedelta(days=days)])
        listing.ttl_cache.clear()
        assert editor.get("/review/progress").json()["postponed"] == postponed, days


def test_what_was_decided_is_listed_by_day_and_by_whom(
    editor: TestClient, other: TestClient, viewer: TestClient, own_fleet: Warehouse, persons: list[str]
) -> None:
    decide(editor, [conflict(persons[0])])
    decide(other, [conflict(persons[1])])
    yesterday = today() - timedelta(days=1)
    assert [item["decided_by"] for item in editor.get("/review/decisions").json()["items"]] == ["admin", "editor"]
    assert [item["decided_by"] for item in other.get("/review/decisions?by=me").json()["items"]] == ["admin"]
    assert editor.get(f"/review/decisions?day={yesterday}").json()["items"] == []
    first = editor.get("/review/decisions?limit=1").json()
    assert (len(first["items"]), first["is_complete"]) == (1, False)
    seen = viewer.get("/review/decisions").json()["items"]
    assert [(item["can_undo"], item["undo"]) for item in seen] == [(False, None)] * 2
    mine, all_of_us = (other.get("/review/progress").json()[name] for name in ("decided_by_me", "decided_by_all"))
    assert (mine, all_of_us) == (1, 2)
    refused = viewer.post("/review/decisions", json={"decisions": [conflict(persons[2])], "reason": REASON})
    assert code(refused) == (403, "FORBIDDEN")
