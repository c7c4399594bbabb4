"""Starting DAG runs over the web: as the user, one at a time, never on a paused DAG, refused before anything starts."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.web.api_errors import DAG_AT_WORK, RUN_AT_WORK
from tests.attribution import datasets

pytestmark = pytest.mark.usefixtures("no_dag_runs")

RUN_NOW = "/scouts/attribution/run-now"
REASON = "She showed the signed form."


def dag_runs() -> list[dict[str, Any]]:
    """The runs that Airflow knows."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        return [
            {"dag_id": run.dag_id, "run_id": run.run_id, "user": run.triggering_user_name, "conf": run.conf}
            for run in session.scalars(select(DagRun).order_by(DagRun.id))
        ]


def audit_log() -> list[tuple[str, str | None, str | None]]:
    from airflow.models.log import Log
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        return [(log.event, log.dag_id, log.owner) for log in session.scalars(select(Log).order_by(Log.id))]


def pause(dag_id: str) -> None:
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session
    from sqlalchemy import update

    with create_session() as session:
        session.execute(update(DagModel).where(DagModel.dag_id == dag_id).values(is_paused=True))


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code")


def test_run_now_starts_the_refresh_as_the_user(editor: TestClient) -> None:
    answer = editor.post(RUN_NOW)
    assert answer.status_code == 202, answer.text
    started = answer.json()
    assert (started["dag_id"], started["state"]) == ("scout_attribution_refresh", "queued")
    assert started["triggered_by"] == "editor"
    (run,) = dag_runs()
    assert (run["run_id"], run["user"]) == (started["dag_run_id"], "editor")
    assert started["url"].startswith("/dags/scout_attribution_refresh/runs/manual__")
    assert ("trigger_dag_run", "scout_attribution_refresh", "editor") in audit_log()


def test_while_one_is_queued_another_is_refused(editor: TestClient) -> None:
    assert editor.post(RUN_NOW).status_code == 202
    assert code(editor.post(RUN_NOW)) == (409, "ALREADY_RUNNING")
    assert code(editor.post("/identity/run")) == (202, None)
    assert [run["dag_id"] for run in dag_runs()] == ["scout_attribution_refresh", "identity_ingestion"]


def test_a_second_press_names_the_run_at_work_so_that_the_page_shows_it(editor: TestClient) -> None:
    first = editor.post(RUN_NOW).json()
    second = editor.post(RUN_NOW)
    assert second.status_code == 409
    assert second.headers[RUN_AT_WORK] == first["dag_run_id"]
    assert second.headers[DAG_AT_WORK] == "scout_attribution_refresh"
    assert RUN_AT_WORK not in editor.post("/scouts/attribution/no-such-thing").headers


@pytest.mark.parametrize(("silent_seconds", "status"), [(89, 409), (91, 202)])
def test_a_run_that_somebody_else_started_counts_as_long_as_it_lives(
    editor: TestClient, warehouse: psycopg.Connection[Any], silent_seconds: int, status: int
) -> None:
    warehouse.execute(
        "insert into ops.ingestion_runs (job_type, status, started_at)"
        " values ('scout_attribution_refresh', 'RUNNING', now() - make_interval(secs => %s))",
        [silent_seconds],
    )
    assert editor.post(RUN_NOW).status_code == status


@pytest.mark.parametrize(
    ("path", "dag_id"),
    [
        (RUN_NOW, "scout_attribution_refresh"),
        ("/identity/run", "identity_ingestion"),
        ("/identity/ensure-fresh", "identity_ingestion"),
    ],
)
def test_a_paused_dag_is_not_started(editor: TestClient, path: str, dag_id: str) -> None:
    pause(dag_id)
    answer = editor.post(path)
    assert code(answer) == (423, "PAUSED")
    assert dag_id in answer.json()["detail"]
    assert dag_runs() == []


def test_an_ingestion_takes_the_parameters_of_its_dag(editor: TestClient) -> None:
    asked = {"scope_date_from": "2026-11-01", "source_tables": ["module_ct_migrations"], "incremental": False}
    assert editor.post("/identity/run", json=asked).status_code == 202
    (run,) = dag_runs()
    assert run["conf"] == asked | {"scope_date_to": None, "refresh_index": True}


@pytest.mark.parametrize(
    "parameters",
    [
        {"scope_date_from": "2026-11-02", "scope_date_to": "2026-11-01"},
        {"scope_date_from": "31-02-2026"},
        {"source_tables": ["drivers"]},
        {"incremental": "perhaps"},
        {"unknown": 1},
        [],
    ],
)
def test_parameters_that_make_no_sense_are_refused(editor: TestClient, parameters: Any) -> None:
    answer = editor.post("/identity/run", json=parameters)
    assert code(answer) == (422, "INVALID")
    assert answer.json()["fields"]
    assert dag_runs() == []


def completed(warehouse: psycopg.Connection[Any], seconds_ago: float) -> None:
    warehouse.execute(
        "insert into ops.ingestion_runs (job_type, status, started_at, completed_at) values ('identity_run',"
        " 'COMPLETED', now() - make_interval(secs => %(ago)s + 60), now() - make_interval(secs => %(ago)s))",
        {"ago": seconds_ago},
    )


@pytest.mark.parametrize(
    ("seconds_ago", "outcome", "status"), [(None, "STARTED", 202), (86_395, "FRESH", 200), (86_405, "STARTED", 202)]
)
def test_a_stale_ingestion_is_started_and_a_fresh_one_left_alone(
    editor: TestClient, warehouse: psycopg.Connection[Any], seconds_ago: float | None, outcome: str, status: int
) -> None:
    if seconds_ago is not None:
        completed(warehouse, seconds_ago)
    answer = editor.post("/identity/ensure-fresh")
    assert (answer.status_code, answer.json()["outcome"]) == (status, outcome)
    assert len(dag_runs()) == (outcome == "STARTED")


def test_ensuring_freshness_again_and_again_starts_one_run(
    editor: TestClient, warehouse: psycopg.Connection[Any]
) -> None:
    completed(warehouse, 7200)
    outcomes = [editor.post("/identity/ensure-fresh?max_age_hours=1").json()["outcome"] for _ in range(3)]
    assert outcomes == ["STARTED", "RUNNING", "RUNNING"]
    assert len(dag_runs()) == 1


@pytest.mark.parametrize("hours", ["0", "-1", "nan", "inf", "many", "8761"])
def test_an_age_that_is_none_is_refused(editor: TestClient, hours: str) -> None:
    assert code(editor.post(f"/identity/ensure-fresh?max_age_hours={hours}")) == (422, "INVALID")


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        ({"scout_id": 8, "reason": REASON}, (422, "UNKNOWN_SCOUT")),
        ({"scout_id": -1, "reason": REASON}, (422, "INVALID")),
        ({"scout_id": 0, "reason": REASON}, (422, "INVALID")),
        ({"scout_id": True, "reason": REASON}, (422, "INVALID")),
        ({"scout_id": "7", "reason": REASON}, (422, "INVALID")),
        ({"scout_id": 7.0, "reason": REASON}, (422, "INVALID")),
        ({"scout_id": None, "reason": REASON}, (422, "INVALID")),
        ({"scout_id": 7, "nobody": True, "reason": REASON}, (422, "INVALID")),
        ({"nobody": False, "reason": REASON}, (422, "INVALID")),
        ({"nobody": "true", "reason": REASON}, (422, "INVALID")),
        ({"nobody": 1, "reason": REASON}, (422, "INVALID")),
        ({"nobody": None, "reason": REASON}, (422, "INVALID")),
        ({"undo_decision": "1", "reason": REASON}, (422, "INVALID")),
        ({"undo_decision": 1, "nobody": True, "reason": REASON}, (422, "INVALID")),
        ({"undo_decision": 1, "reason": REASON}, (404, "UNKNOWN_DECISION")),
        ({"scout_id": 2**31, "reason": REASON}, (422, "INVALID")),
        ({"scout_id": 7, "reason": ""}, (422, "INVALID")),
        ({"scout_id": 7, "reason": " \t\n"}, (422, "INVALID")),
        ({"scout_id": 7, "reason": "nul \0"}, (422, "INVALID")),
        ({"scout_id": 7}, (422, "INVALID")),
        ({"reason": REASON}, (422, "INVALID")),
        ({"scout_id": 7, "reason": REASON, "and": "more"}, (422, "INVALID")),
    ],
)
def test_a_decision_that_cannot_be_carried_out_starts_nothing(
    editor: TestClient, fleet: psycopg.Connection[Any], decision: dict[str, Any], expected: tuple[int, str]
) -> None:
    person = str(uuid.UUID(int=0xAA << 64 | 1))
    answer = editor.post(f"/scouts/attribution/conflicts/{person}/resolve", json=decision)
    assert code(answer) == expected
    assert dag_runs() == []


def test_a_person_or_scout_that_nobody_knows_is_refused_and_nobody_is_a_scout(
    editor: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    def resolve(person: object, scout: int | None) -> tuple[int, str]:
        path = f"/scouts/attribution/conflicts/{person}/resolve"
        choice = {"nobody": True} if scout is None else {"scout_id": scout}
        return code(editor.post(path, json={**choice, "reason": REASON}))

    assert resolve(uuid.uuid4(), 7) == (404, "UNKNOWN_PERSON")
    assert resolve("nobody", 7) == (422, "INVALID")
    person = datasets.person(own_fleet, 2)
    datasets.event(own_fleet, person, datasets.SCOUTING, 11)  # in no list of scouts, but in an event of this person
    assert resolve(person, 11) == (200, None)
    assert resolve(datasets.person(own_fleet, 3), 11) == (422, "UNKNOWN_SCOUT")
    assert resolve(person, None) == (200, None)
    assert dag_runs() == []


@pytest.mark.parametrize(
    ("language", "says"), [("es", "indique exactamente uno: un scout, o nadie"), ("en", "give exactly one: a scout")]
)
def test_a_choice_that_is_missing_is_refused_in_the_reader_s_language(
    editor: TestClient, fleet: psycopg.Connection[Any], language: str, says: str
) -> None:
    path = f"/scouts/attribution/conflicts/{uuid.UUID(int=0xAA << 64 | 1)}/resolve"
    answer = editor.post(path, json={"reason": REASON}, headers={"Accept-Language": language})
    assert code(answer) == (422, "INVALID")
    assert says in answer.json()["fields"][0]["problem"]


def test_the_newest_decision_is_taken_back_first(editor: TestClient, own_fleet: psycopg.Connection[Any]) -> None:
    from control_tower.decisions import Author, resolve_scout_conflict

    person = str(uuid.UUID(int=0xAA << 64 | 1))
    first, second = (resolve_scout_conflict(person, scout, "form", author=Author("chief")) for scout in (7, 9))
    path = f"/scouts/attribution/conflicts/{person}/resolve"
    assert code(editor.post(path, json={"undo_decision": first.id, "reason": REASON})) == (409, "DECIDED_SINCE")
    assert code(editor.post(path, json={"undo_decision": second.id, "reason": REASON})) == (200, None)
    assert code(editor.post(path, json={"undo_decision": first.id, "reason": REASON})) == (409, "DECIDED_SINCE")
    assert dag_runs() == []


def test_merged_persons_are_split_by_a_run_of_its_dag(editor: TestClient, fleet: psycopg.Connection[Any]) -> None:
    row = fleet.execute("select person_key::text from ops.v_merged_persons").fetchone()
    assert row is not None
    assert code(editor.post(f"/persons/{row[0]}/split", json={"reason": REASON})) == (202, None)
    asked = {"reason": REASON, "dry_run": False}
    assert code(editor.post(f"/persons/{row[0]}/split", json=asked)) == (202, None)
    assert [run["conf"] for run in dag_runs()] == [
        {"person_key": row[0], "reason": REASON, "dry_run": dry} for dry in (True, False)
    ]
    for body in ({}, {"reason": " "}, {"reason": REASON, "dry_run": "false"}, {"reason": REASON, "dry_run": 0}):
        assert code(editor.post(f"/persons/{row[0]}/split", json=body)) == (422, "INVALID"), body
    assert code(editor.post(f"/persons/{uuid.uuid4()}/split", json=asked)) == (404, "UNKNOWN_PERSON")
    assert code(editor.post(f"/persons/{uuid.UUID(int=0xAA << 64 | 1)}/split", json=asked)) == (409, "NOT_MERGED")
    assert len(dag_runs()) == 2


def test_weights_are_estimated_by_a_run_of_its_dag(editor: TestClient, own_fleet: psycopg.Connection[Any]) -> None:
    path = "/identity/weights/estimate"
    assert code(editor.post(path, json={"reason": REASON})) == (202, None)
    assert [run["conf"] for run in dag_runs()] == [{"reason": REASON, "dry_run": True, "restore_shipped": False}]
    for body in ({}, {"reason": " "}, {"reason": REASON, "dry_run": "no"}, {"reason": REASON, "restore_shipped": True}):
        assert code(editor.post(path, json=body)) == (422, "INVALID"), body
    own_fleet.execute("insert into canon.weights_versions (created_by, reason) values ('luis', 'by hand')")
    answer = editor.post(path, json={"reason": REASON, "dry_run": False})
    assert code(answer) == (422, "INVALID")
    assert "wait for the next ingestion" in answer.json()["fields"][0]["problem"]
    assert len(dag_runs()) == 1


def lead(source_pk: str, **choice: Any) -> dict[str, Any]:
    return {"source_table": "module_ct_cabinet_leads", "source_pk": source_pk, "reason": REASON, **choice}


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (lead("l6"), (422, "INVALID")),
        (lead("l6", driver_id="d1", ignore=True), (422, "INVALID")),
        (lead("l6", ignore="true"), (422, "INVALID")),
        (lead("l6", ignore=1), (422, "INVALID")),
        (lead("l6", driver_id=""), (422, "INVALID")),
        (lead("l6", driver_id="d1", replace_link="no"), (422, "INVALID")),
        (lead("l6", undo_decision=1), (404, "UNKNOWN_DECISION")),
        (lead("l6", ignore=True) | {"reason": " "}, (422, "INVALID")),
        (lead("l6", ignore=True) | {"source_table": "drivers"}, (422, "INVALID")),
        (lead("none", ignore=True), (404, "UNKNOWN_RECORD")),
        (lead("l6", driver_id="nobody"), (422, "UNKNOWN_DRIVER")),
        (lead("l6", person_key=str(uuid.UUID(int=99))), (404, "UNKNOWN_PERSON")),
        (lead("l5", ignore=True), (409, "LINK_STANDS")),
        (lead("l5", ignore=True, replace_link=True), (200, None)),
        (lead("l1", ignore=True), (200, None)),  # its link is contested
    ],
)
def test_a_choice_about_a_record_is_checked_before_anything_is_written(
    editor: TestClient, own_fleet: psycopg.Connection[Any], decision: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert code(editor.post("/unmatched/resolve", json=decision)) == expected
    row = own_fleet.execute("select count(*) from ops.human_decisions").fetchone()
    assert row == (int(expected[0] == 200),)
    assert dag_runs() == []


def test_while_a_run_is_at_work_a_decision_is_started_and_waits(
    editor: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    own_fleet.execute("insert into ops.ingestion_runs (job_type, status) values ('identity_run', 'RUNNING')")
    assert code(editor.post("/unmatched/resolve", json=lead("l6", driver_id="d1"))) == (202, None)
    assert [run["dag_id"] for run in dag_runs()] == ["resolve_unmatched_lead"]


def test_a_right_that_airflow_took_away_in_between_is_respected(
    editor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from control_tower.web.permissions import CurrentUser

    monkeypatch.setattr(CurrentUser, "may", lambda *_: True)
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

    monkeypatch.setattr(SimpleAuthManager, "is_authorized_dag", lambda *_, method, **__: method == "GET")
    assert code(editor.post(RUN_NOW)) == (403, "FORBIDDEN")
    assert dag_runs() == []


def test_a_dag_that_airflow_does_not_know_is_said_to_be_missing(
    editor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session
    from sqlalchemy import update

    def stale(is_stale: bool) -> None:
        with create_session() as session:
            session.execute(
                update(DagModel).where(DagModel.dag_id == "scout_attribution_refresh").values(is_stale=is_stale)
            )

    stale(True)
    try:
        assert code(editor.post(RUN_NOW)) == (503, "DAG_NOT_READY")
    finally:
        stale(False)
