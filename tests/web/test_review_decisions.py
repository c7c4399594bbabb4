"""Deciding at once: what the page sends is written when the answer comes, under the rules of the DAG."""

from __future__ import annotations

import getpass
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from tests.pipeline import load_dag
from tests.web.browsing import PERSON_1
from tests.web.conftest import client_of
from tests.web.test_dag_runs import code, dag_runs, pause

pytestmark = pytest.mark.usefixtures("no_dag_runs")

Warehouse = psycopg.Connection[Any]
RESOLVE = f"/scouts/attribution/conflicts/{PERSON_1}/resolve"
REASON = "She showed the signed form."
LEAD = {"source_table": "module_ct_cabinet_leads", "source_pk": "l6", "reason": REASON}
RUNNING = (
    "insert into ops.ingestion_runs (job_type, status, started_at, heartbeat_at)"
    " values ('identity_run', 'RUNNING', now(), now())"
)
ENDED = "update ops.ingestion_runs set status = 'COMPLETED', completed_at = now() where status = 'RUNNING'"


def decisions(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """Who decided what, in the order of writing."""
    return warehouse.execute("select kind, decided_by, reason from ops.human_decisions order by id").fetchall()


def version(warehouse: Warehouse, case_key: str) -> str:
    row = warehouse.execute("select case_version from ops.v_review_cases where case_key = %s", [case_key]).fetchone()
    assert row is not None
    return str(row[0])


@pytest.fixture
def other(airflow_app: Any, tokens: dict[str, str], nothing_else: None) -> TestClient:
    """A client of another user who may decide."""
    return client_of(airflow_app, tokens["admin"])


@pytest.fixture
def login(own_fleet: Warehouse, monkeypatch: pytest.MonkeyPatch, server: Any) -> Iterator[Callable[[str], None]]:
    """Lets pages write decisions as a user of their own, a member of a role."""
    name = "decisions_of_pages"

    def use(role: str) -> None:
        own_fleet.execute(f"create role {name} login in role {role}".encode())
        uri = server.airflow_uri(own_fleet.info.dbname).replace("postgres@", f"{name}@", 1)
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER_DECISIONS", uri)

    yield use
    own_fleet.execute(f"drop role if exists {name}".encode())


def test_a_conflict_is_decided_when_the_answer_comes(editor: TestClient, own_fleet: Warehouse) -> None:
    before = editor.get("/scouts/attribution/metrics").json()["conflicts_count"]
    assert len(editor.get("/scouts/attribution/conflicts").json()["conflicts"]) == 1

    answer = editor.post(RESOLVE, json={"scout_id": 7, "reason": f"  {REASON} "})

    assert answer.status_code == 200, answer.text
    decided = answer.json()
    assert decided["what"] == "Assigned to Tito Zorro (scout 7)."
    assert (decided["decided_by"], decided["reason"]) == ("editor", REASON)
    assert decided["after"]["ledger"]["attributed_scout_id"] == 7
    assert decided["undo"] == {"path": RESOLVE[1:], "body": {"undo_decision": decided["decision_id"]}}
    assert decisions(own_fleet) == [("resolve_scout_conflict", "editor", REASON)]
    listed = editor.get("/scouts/attribution/conflicts").json()
    assert listed["conflicts"] == []
    assert listed["pagination"]["total"] == 0
    assert editor.get("/scouts/attribution/metrics").json()["conflicts_count"] == before - 1
    assert dag_runs() == []

    undone = editor.post(f"/{decided['undo']['path']}", json={**decided["undo"]["body"], "reason": "wrong form"})
    assert undone.status_code == 200, undone.text
    assert undone.json()["what"] == f"Decision {decided['decision_id']} was undone. Now: In conflict, as before."
    assert len(editor.get("/scouts/attribution/conflicts").json()["conflicts"]) == 1


def test_a_record_and_the_totals_of_its_list_follow_at_once(editor: TestClient, own_fleet: Warehouse) -> None:
    total = editor.get("/unmatched?page_size=1").json()["pagination"]["total"]
    answer = editor.post("/unmatched/resolve", json={**LEAD, "driver_id": "d1"})
    assert answer.status_code == 200, answer.text
    person = answer.json()["person_key"]
    assert editor.get("/unmatched?page_size=1").json()["pagination"]["total"] == total - 1
    links = editor.get(f"/persons/{person}").json()["links"]
    assert "l6" in [link["source_pk"] for link in links]


@pytest.mark.parametrize("role", ["control_tower_reader", "control_tower_writer"])
def test_pages_write_as_a_user_of_their_own_who_may_or_hand_over(
    editor: TestClient, own_fleet: Warehouse, login: Callable[[str], None], role: str
) -> None:
    login(role)
    answer = editor.post(RESOLVE, json={"scout_id": 7, "reason": REASON})
    writes = role == "control_tower_writer"
    assert answer.status_code == (200 if writes else 202), answer.text
    assert len(dag_runs()) == (not writes)
    found = own_fleet.execute("select decided_by, written_by from ops.human_decisions").fetchall()
    assert found == ([("editor", "decisions_of_pages")] if writes else [])


def test_while_a_run_is_active_its_dag_waits_and_writes_it_later(
    editor: TestClient, own_fleet: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_fleet.execute(RUNNING.encode())
    for _ in range(2):  # sent twice
        answer = editor.post(RESOLVE, json={"scout_id": 7, "reason": REASON})
        assert answer.status_code == 202, answer.text
        assert answer.json()["dag_id"] == "resolve_scout_conflict"
    assert decisions(own_fleet) == []
    first, second = dag_runs()
    assert first["conf"] == second["conf"] == {"person_key": PERSON_1, "scout_id": 7, "reason": REASON}
    own_fleet.execute(ENDED.encode())
    monkeypatch.setattr(getpass, "getuser", lambda: "editor")
    for run in (first, second):
        load_dag.cache_clear()
        assert load_dag("resolve_scout_conflict").test(run_conf=run["conf"]).state == "success"
    assert decisions(own_fleet) == [("resolve_scout_conflict", "editor", REASON)]


def test_a_paused_dag_matters_only_when_it_has_to_take_over(editor: TestClient, own_fleet: Warehouse) -> None:
    pause("resolve_scout_conflict")
    own_fleet.execute(RUNNING.encode())
    assert code(editor.post(RESOLVE, json={"scout_id": 7, "reason": REASON})) == (423, "PAUSED")
    own_fleet.execute(ENDED.encode())
    assert editor.post(RESOLVE, json={"scout_id": 7, "reason": REASON}).status_code == 200


def test_a_held_lock_is_left_to_the_dag(
    editor: TestClient, own_fleet: Warehouse, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("control_tower.web.pool.DECISION_LOCK_SECONDS", 0.05)
    with psycopg.connect(server.uri(own_fleet.info.dbname)) as blocker:
        blocker.execute("select ops.take_lock('runs')")
        assert editor.post(RESOLVE, json={"scout_id": 7, "reason": REASON}).status_code == 202
    assert editor.post(RESOLVE, json={"scout_id": 7, "reason": REASON}).status_code == 200


def test_the_same_request_twice_is_one_decision(editor: TestClient, own_fleet: Warehouse) -> None:
    with ThreadPoolExecutor(2) as both:
        choice = {"scout_id": 7, "reason": REASON}
        first, second = both.map(lambda _: editor.post(RESOLVE, json=choice).json(), range(2))
    assert first["decision_id"] == second["decision_id"]
    ignored = [editor.post("/unmatched/resolve", json={**LEAD, "ignore": True}).json() for _ in range(2)]
    assert ignored[0]["decision_id"] == ignored[1]["decision_id"]
    undo = {"undo_decision": first["decision_id"], "reason": REASON}
    undone = [editor.post(RESOLVE, json=undo).json()["decision_id"] for _ in range(2)]
    assert undone[0] == undone[1]
    assert len(decisions(own_fleet)) == 3
    assert editor.post(RESOLVE, json=choice).status_code == 200
    assert len(decisions(own_fleet)) == 4, "after the undo it is a decision again"


def test_what_a_run_has_changed_since_is_decided_again(editor: TestClient, own_fleet: Warehouse) -> None:
    choice = {"scout_id": 7, "reason": REASON}
    first = editor.post(RESOLVE, json=choice).json()["decision_id"]
    own_fleet.execute(
        "update observational.lead_ledger set decision_status = 'conflict', updated_at = now() where person_key = %s",
        [PERSON_1],
    )
    assert editor.post(RESOLVE, json=choice).json()["decision_id"] > first


def test_of_two_who_decide_the_same_case_one_is_told_by_whom(
    editor: TestClient, other: TestClient, own_fleet: Warehouse
) -> None:
    shown, together = version(own_fleet, PERSON_1), threading.Barrier(2)

    def decide(client: TestClient, scout: int) -> Any:
        together.wait()
        return client.post(RESOLVE, json={"scout_id": scout, "reason": REASON, "case_version": shown})

    with ThreadPoolExecutor(2) as both:
        answers = [task.result() for task in (both.submit(decide, editor, 7), both.submit(decide, other, 9))]
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    ((_, winner, _),) = decisions(own_fleet)
    (lost,) = (answer.json() for answer in answers if answer.status_code == 409)
    assert lost["code"] == "CASE_DECIDED"
    assert lost["detail"].startswith(f"{winner} decided this case on ")


def test_new_evidence_makes_it_another_case(editor: TestClient, own_fleet: Warehouse) -> None:
    shown = version(own_fleet, PERSON_1)
    own_fleet.execute("update observational.lead_events set scout_id = 7 where person_key = %s", [PERSON_1])
    refused = editor.post(RESOLVE, json={"scout_id": 7, "reason": REASON, "case_version": shown})
    assert code(refused) == (409, "CASE_CHANGED")
    assert decisions(own_fleet) == []
    now = version(own_fleet, PERSON_1)
    assert editor.post(RESOLVE, json={"scout_id": 7, "reason": REASON, "case_version": now}).status_code == 200


def test_the_page_sends_the_version_that_it_shows(decider: TestClient, own_fleet: Warehouse) -> None:
    for kind, key in (("CONFLICT", PERSON_1), ("UNMATCHED", "module_ct_cabinet_leads|l6")):
        text = decider.get("/review/case", params={"case_kind": kind, "case_key": key}).text
        assert f'data-version="{version(own_fleet, key)}"' in text


def contents(warehouse: Warehouse) -> dict[str, list[str]]:
    """Every row of the package's tables, but for when it was written, by which DAG run, and who looked at it."""
    tables = warehouse.execute(
        "select format('%I.%I', schemaname, relname) from pg_stat_user_tables"
        " where schemaname in ('canon', 'observational', 'ops') and relname <> 'personal_data_access' order by 1"
    ).fetchall()
    moment = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d(?::?\d\d)?|Z)?")
    return {
        table: sorted(
            moment.sub("moment", row[0])
            for row in warehouse.execute(f"select (to_jsonb(t) - 'dag_run_id')::text from {table} as t".encode())
        )
        for (table,) in tables
    }


def test_the_route_writes_the_rows_of_the_dag(
    editor: TestClient, own_fleet: Warehouse, fleet_template: str, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("resolve_scout_conflict", RESOLVE, {"scout_id": 7, "reason": REASON}),
        ("resolve_unmatched_lead", "/unmatched/resolve", {**LEAD, "driver_id": "d1"}),
        ("resolve_scout_conflict", RESOLVE, {"undo_decision": 1, "reason": "wrong form"}),
        ("resolve_unmatched_lead", "/unmatched/resolve", {**LEAD, "ignore": True, "replace_link": True}),
        ("resolve_unmatched_lead", "/unmatched/resolve", {**LEAD, "undo_decision": 4, "reason": "wrong"}),
        ("resolve_scout_conflict", RESOLVE, {"nobody": True, "reason": REASON}),
    ]
    for _, path, body in asked:
        assert editor.post(path, json=body).status_code == 200
    name = server.create(template=fleet_template)
    try:
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(name))
        monkeypatch.setattr(getpass, "getuser", lambda: "editor")
        for dag_id, _, body in asked:
            load_dag.cache_clear()
            conf = {"person_key": PERSON_1, **body} if dag_id == "resolve_scout_conflict" else body
            assert load_dag(dag_id).test(run_conf=conf).state == "success"
        with psycopg.connect(server.uri(name), autocommit=True) as by_dag:
            at_once, later = contents(own_fleet), contents(by_dag)
    finally:
        server.drop(name)
    assert {table: rows for table, rows in later.items() if rows != at_once[table]} == {}
    assert len(at_once["ops.human_decisions"]) == 6
