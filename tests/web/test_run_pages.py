"""The runs: two weeks as a calendar, one run step by step, what it changed, and its undo."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any, get_args

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.i18n.catalogue import Language
from control_tower.pipeline_steps import load_dag
from control_tower.web.explain import Explainer
from control_tower.web.models.runs import RevertResult, RunStep
from control_tower.web.pages.progress import _in_state
from control_tower.web.pages.run_calendar import calendars
from control_tower.web.pages.run_counts import compared
from control_tower.web.pages.step_bars import step_bars
from control_tower.web.permissions import DagId
from tests.web.browsing import BASE, Page
from tests.web.conftest import API

NOW = datetime.fromisoformat("2026-11-05T13:30")
LIMA = timezone(timedelta(hours=-5))


def row(run_id: int, job: str, began: datetime, status: str = "COMPLETED") -> dict[str, Any]:
    return {"run_id": run_id, "job_type": job, "status": status, "local_start": began, "duration_seconds": 60}


def attribution_run(fleet: psycopg.Connection[Any]) -> int:
    found = fleet.execute(
        "select max(run_id) from ops.v_ingestion_runs where job_type = 'scout_attribution_refresh'"
    ).fetchone()
    assert found is not None
    return int(found[0])


def test_a_slot_that_is_over_and_empty_is_a_gap_and_one_that_is_not_over_is_none() -> None:
    # identity runs every 6 hours: at 13:30 the slots 0 to 6 and 6 to 12 are over, 12 to 18 is not
    runs = [row(1, "identity_run", NOW - timedelta(days=3)), row(2, "identity_run", NOW.replace(hour=0, minute=1))]
    identity, attribution = calendars(runs, NOW, days=2)
    assert identity.hours == [0, 6, 12, 18]
    today, yesterday = identity.days
    assert (today.day, yesterday.day) == (date(2026, 11, 5), date(2026, 11, 4))
    assert [slot.is_gap for slot in today.slots] == [False, True, False, False]
    assert [run.run_id for run in today.slots[0].runs] == [2]
    assert [slot.is_gap for slot in yesterday.slots] == [True, True, True, True]
    assert (today.total, yesterday.total) == (1, 0)
    assert not any(slot.is_gap for day in attribution.days for slot in day.slots), "it has never run"


def test_before_the_first_run_nothing_is_missing_and_a_slot_may_have_several_runs() -> None:
    began = NOW.replace(hour=7)
    runs = [row(1, "identity_run", began, "FAILED"), row(2, "identity_run", began + timedelta(minutes=30))]
    identity, _ = calendars(runs, NOW, days=2)
    today, yesterday = identity.days
    assert [run.status for run in today.slots[1].runs] == ["FAILED", "COMPLETED"]
    assert not any(slot.is_gap for slot in (*today.slots, *yesterday.slots))


def test_a_slot_that_ends_this_moment_is_over() -> None:
    runs = [row(1, "identity_run", NOW - timedelta(days=1))]
    identity, _ = calendars(runs, NOW.replace(hour=12, minute=0), days=1)
    assert [slot.is_gap for slot in identity.days[0].slots] == [True, True, False, False]


def step(name: str, begins: float, seconds: float, rows: int = 1, before: int | None = None) -> RunStep:
    begin = datetime(2026, 11, 5, 6, 0, tzinfo=LIMA)
    return RunStep(
        step=name,
        started_at=begin + timedelta(seconds=begins),
        finished_at=begin + timedelta(seconds=begins + seconds),
        seconds=seconds,
        rows_changed=rows,
        rows_before=before,
    )


def test_steps_lie_where_they_began_on_an_axis_as_long_as_the_run() -> None:
    begin = datetime(2026, 11, 5, 6, 0, tzinfo=LIMA)
    drawn = step_bars([step("a", 0, 25, 10, 4), step("b", 25, 50), step("c", 99, 0)], begin, begin + timedelta(100))
    drawn = step_bars([b.step for b in drawn.bars], begin, begin + timedelta(seconds=100))
    # of 100 s: a from 0 to 25, b from 25 to 75, c an instant at 99, drawn 0.4 wide
    assert [(bar.x, bar.width) for bar in drawn.bars] == [(0.0, 25.0), (25.0, 50.0), (99.0, 0.4)]
    assert [bar.change for bar in drawn.bars] == [6, None, None]
    assert drawn.seconds == 100


def test_a_step_repeated_after_the_end_makes_the_axis_longer() -> None:
    begin = datetime(2026, 11, 5, 6, 0, tzinfo=LIMA)
    drawn = step_bars([step("a", 150, 50)], begin, begin + timedelta(seconds=100))
    assert drawn.seconds == 200
    assert (drawn.bars[0].x, drawn.bars[0].width) == (75.0, 25.0)


def test_counts_stand_beside_those_of_the_run_before() -> None:
    now = {"linked": 12, "linked_per_rule": {"R1_PHONE_EXACT": 9, "MANUAL": 3}, "gone": 0, "seconds": 4}
    before = {"linked": 10, "linked_per_rule": {"R1_PHONE_EXACT": 9, "R2_LICENSE_EXACT": 1}, "gone": 0}
    found = {(count.figure, count.code): (count.now, count.before, count.change) for count in compared(now, before)}
    assert found == {
        ("linked", None): (12, 10, 2),
        ("linked_per_rule", "MANUAL"): (3, 0, 3),
        ("linked_per_rule", "R1_PHONE_EXACT"): (9, 9, 0),
        ("linked_per_rule", "R2_LICENSE_EXACT"): (0, 1, -1),
    }
    assert [count.change for count in compared({"linked": 1}, None)] == [None]
    assert compared("rubbish", {"linked": "many", "records_read": [1]}) == []


def test_the_calendar_and_the_list_show_each_run(reader: TestClient, fleet: psycopg.Connection[Any]) -> None:
    text = reader.get("/runs").text
    page = Page(text)
    for (run_id,) in fleet.execute("select run_id from ops.v_ingestion_runs").fetchall():
        marks = [link for link in page.all("a") if link.get("href") == f"{BASE}/runs/{run_id}"]
        assert len(marks) == 2, "one in the calendar, one in the list"
        assert "Completada" in marks[0]["title"]
    assert text.count('class="calendar"') == 2


def test_runs_of_a_day_are_those_that_began_on_it_in_local_time(
    reader: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    # 23:59 in Lima is 04:59 of the next day in UTC, midnight in Lima 05:00
    own_fleet.execute(
        "insert into ops.ingestion_runs (job_type, status, started_at, completed_at) values"
        " ('identity_run', 'COMPLETED', '2026-10-02 04:59Z', '2026-10-02 05:10Z'),"
        " ('identity_run', 'FAILED', '2026-10-02 05:00Z', '2026-10-02 05:10Z')"
    )
    for day, statuses in (("2026-10-01", ["COMPLETED"]), ("2026-10-02", ["FAILED"]), ("2026-10-03", [])):
        found = reader.get(f"/api/v1/identity/runs?day={day}").json()["items"]
        assert [run["status"] for run in found] == statuses, day
    assert "Ninguna corrida pasa estos filtros" in reader.get("/runs?day=2026-10-03").text


def test_a_run_is_shown_step_by_step(reader: TestClient, fleet: psycopg.Connection[Any]) -> None:
    run_id = attribution_run(fleet)
    text = reader.get(f"/runs/{run_id}").text
    for (name,) in fleet.execute("select step from ops.run_steps where run_id = %s", [run_id]).fetchall():
        assert f'title="{name}"' in text
    assert "Derivar el libro" in text
    assert "Sellar la auditoría" in text
    assert "un comando, sin Airflow" in text
    assert "no deshacerlas" in text, "a viewer undoes nothing"
    assert f'action="{BASE}/api/v1/runs/{run_id}/revert"' not in text


@pytest.mark.parametrize(
    ("step", "in_spanish", "in_english"),
    [
        ("score_names", "Comparar nombres", "Compare names"),
        ("score_names_1", "Comparar nombres, parte 1", "Compare names, part 1"),
        ("decide_12", "Decidir registros, parte 12", "Decide records, part 12"),
        ("decide_cabinet_leads_2", "Decidir leads de cabinet, parte 2", "Decide cabinet leads, part 2"),
        ("UNKNOWN_ONE_2", "paso de otra versión: unknown one 2", "step of another version: unknown one 2"),
    ],
)
def test_a_partition_of_a_step_is_said_to_be_one(step: str, in_spanish: str, in_english: str) -> None:
    assert Explainer("es").step(step) == in_spanish
    assert Explainer("en").step(step) == in_english


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_task_and_every_step_that_runs_wrote_before_has_words(language: Language) -> None:
    explain = Explainer(language)
    earlier = {"decide_cabinet_leads", "decide_scouting_rows", "decide_migrations", "FOUNDED_PERSONS", "keep_claims",
               "keep_payments", "find_hot_values", "note_verification"}  # fmt: skip
    tasks = {(dag_id, task.task_id) for dag_id in get_args(DagId) for task in load_dag(dag_id).tasks}
    assert len(tasks) > 40
    for dag_id, task_id in {*tasks, *(("identity_ingestion", name) for name in earlier)}:
        words = explain.task(dag_id, task_id)
        assert "_" not in words.replace("driver_id", ""), task_id
        assert not words.startswith(("paso de otra", "step of another")), task_id
    assert "_" not in "".join(explain.dag(dag_id) for dag_id in get_args(DagId))


def test_a_task_with_several_partitions_is_named_once() -> None:
    tasks = [
        {"task_id": task, "state": state} for task, state in zip("aabc", ("running",) * 3 + ("failed",), strict=True)
    ]
    assert _in_state(tasks, "running") == ["a", "b"]
    assert _in_state(tasks, "failed") == ["c"]


def test_a_run_says_who_started_it(reader: TestClient, own_fleet: psycopg.Connection[Any]) -> None:
    run_id = attribution_run(own_fleet)
    start = "update ops.ingestion_runs set dag_run_id = %s, parameters = parameters || %s where id = %s"
    for dag_run_id, parameters, who in (
        (None, "{}", "un comando, sin Airflow"),
        ("scheduled__2026-11-05", "{}", "el horario"),
        ("manual__2026-11-05", '{"started_by": "rosa"}', "rosa"),
    ):
        own_fleet.execute(start, [dag_run_id, parameters, run_id])
        page = reader.get(f"/runs/{run_id}").text
        assert f"<dt>Iniciado por</dt><dd>{who}</dd>" in page


def test_a_failed_run_says_why_and_one_without_counts_says_so(
    decider: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    found = own_fleet.execute(
        "insert into ops.ingestion_runs (job_type, status, started_at, completed_at, error_message, dag_run_id)"
        " values ('identity_run', 'FAILED', now() - interval '2 hours', now() - interval '1 hour',"
        " 'no answer from 10.0.0.7 for ana 987654321', 'scheduled__2026-11-05') returning id"
    ).fetchone()
    assert found is not None
    text = decider.get(f"/runs/{found[0]}").text
    assert "no answer from 10.0.0.7" in text
    assert "the schedule" in text
    assert "The run kept no counts" in text
    assert "No step has finished." in text
    assert f'href="{BASE}/runbook#run-failed"' in text


def test_there_is_no_page_of_a_run_that_is_not(reader: TestClient, fleet: psycopg.Connection[Any]) -> None:
    for path in ("/runs/999999", "/runs/999999/links", "/runs/999999/changes"):
        answer = reader.get(path)
        assert answer.status_code == 404
        assert "No hay ninguna corrida con este número." in answer.text
    assert reader.get("/runs/0").status_code == reader.get("/runs/x").status_code == 422


def test_links_and_audit_rows_of_a_run_are_those_that_it_wrote(
    decider: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    for path, table in (
        (f"{API}/identity/links", "ops.v_identity_links"),
        (f"{API}/runs/audit-rows", "ops.v_backfill_audit"),
    ):
        (run_id,) = fleet.execute(f"select max(run_id) from {table}".encode()).fetchone()  # type: ignore[misc]
        (total,) = fleet.execute(f"select count(*) from {table} where run_id = %s".encode(), [run_id]).fetchone()  # type: ignore[misc]
        assert total > 0
        found = decider.get(f"http://testserver{path}?run_id={run_id}").json()
        assert found["pagination"]["total"] == total
        assert {item["run_id"] for item in found["items"]} == {run_id}


@pytest.mark.usefixtures("no_dag_runs")
def test_an_undo_is_started_as_the_user_who_asks_with_reason(
    editor: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    run_id = attribution_run(own_fleet)
    answer = editor.post(f"/runs/{run_id}/revert", json={"reason": "the file was loaded twice"})
    assert answer.status_code == 202, answer.text
    started = answer.json()
    assert (started["dag_id"], started["triggered_by"]) == ("revert_backfill", "editor")
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        run = session.scalars(select(DagRun).where(DagRun.run_id == started["dag_run_id"])).one()
        assert run.conf == {"run_id": run_id, "dry_run": True, "reason": "the file was loaded twice"}


def test_what_cannot_be_undone_is_refused(editor: TestClient, own_fleet: psycopg.Connection[Any]) -> None:
    (identity,) = own_fleet.execute(
        "select min(run_id) from ops.v_ingestion_runs where job_type = 'identity_run'"
    ).fetchone() or (0,)
    (running,) = own_fleet.execute(
        "insert into ops.ingestion_runs (job_type, status, started_at) values"
        " ('scout_attribution_refresh', 'RUNNING', now()) returning id"
    ).fetchone() or (0,)
    for run_id, status, code in (
        (identity, 409, "NOT_REVERTIBLE"),
        (running, 409, "NOT_REVERTIBLE"),
        (999999, 404, "UNKNOWN_RUN"),
    ):
        answer = editor.post(f"/runs/{run_id}/revert", json={"reason": "why"})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    ended = attribution_run(own_fleet) - 1
    for body in ({}, {"reason": " "}, {"reason": "why", "dry_run": "yes"}, {"reason": "why", "all": True}):
        assert editor.post(f"/runs/{ended}/revert", json=body).status_code == 422


def test_the_result_of_an_undo_is_a_list_in_words(airflow_app: Any) -> None:
    from fastapi import Request

    from control_tower.web.pages.rendering import page

    result = RevertResult.model_validate(
        {
            "run_id": 7,
            "dry_run": True,
            "reverted": {"ledger": 1, "link": 1},
            "left_alone": {"event": 2},
            "already_reverted": {},
            "persons_removed": 1,
            "rows": [
                {"what": "ledger", "source_table": None, "source_pk": None,
                 "person_key": "00000000-0000-0000-0000-000000000001", "outcome": "reverted",
                 "before": {"attributed_scout_id": 7, "attribution_rule": "A"}, "after": {"attributed_scout_id": None}},
                {"what": "link", "source_table": "module_ct_scouting_daily", "source_pk": "12",
                 "person_key": None, "outcome": "reverted", "before": {"evidence": "ANA"}, "after": {}},
                {"what": "event", "source_table": "module_ct_cabinet_leads", "source_pk": "l1", "person_key": None,
                 "outcome": "changed since", "before": {"scout_id": 9}, "after": None},
            ],
        }
    )  # fmt: skip
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"{BASE}/runs/progress",
        "query_string": b"lang=es",
        "headers": [],
    }
    run = {"dag_id": "revert_backfill", "dag_run_id": "manual__1", "state": "success"}
    text = page(
        Request(scope), "progress.html", run=run, done=1, steps=1, at_work=[], failed=[], elapsed=None, closing=None,
        reverting=result, outcome=None, is_dry_run=True, is_over=True,
    ).body.decode()  # fmt: skip
    shown = Page(text).text
    for part in ("no se escribió nada", "1 filas del libro", "Scout 7", "sin scout", "cambió después: no se toca",
                 "1 persona retirada", "Las primeras 3 de 4.", "apartado, sin persona"):  # fmt: skip
        assert part in shown, part
    assert "ANA" not in text
