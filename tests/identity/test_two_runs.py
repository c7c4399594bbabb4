"""Two runs of one job never overlap, and a run that was taken over or lost its working tables writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from control_tower import errors, runs
from tests.identity import crashes, results
from tests.identity.crashes import Child, closed_gate, let_time_pass, nobody_is_left, somebody_waits, wait_until
from tests.pipeline import ingest, run_step, step_names

DAG = "identity_ingestion"
Warehouse = psycopg.Connection[Any]


def states(warehouse: Warehouse) -> list[str]:
    return [row[0] for row in warehouse.execute("select status::text from ops.ingestion_runs order by id")]


def last_error(warehouse: Warehouse) -> str:
    row = warehouse.execute(
        "select error_message from ops.ingestion_runs where status = 'FAILED' order by id desc limit 1"
    ).fetchone()
    return str(row[0]) if row else ""


def test_of_two_runs_started_at_once_the_second_waits_or_refuses(
    warehouses: Callable[[], Warehouse],
) -> None:
    alone = warehouses()
    crashes.today(alone)
    ingest()

    both = warehouses()
    crashes.today(both)
    children = [Child(), Child()]
    first, second = sorted((child.answer() for child in children), reverse=True)
    assert first == "completed"
    assert second == "completed" or second.startswith("RunAlreadyActive: Run 1 of identity_run is at work")

    assert set(states(both)) == {"COMPLETED"}
    overlaps = both.execute(
        "select count(*) from ops.ingestion_runs as a join ops.ingestion_runs as b on a.id < b.id"
        " where (a.started_at, a.completed_at) overlaps (b.started_at, b.completed_at)"
    ).fetchone()
    assert overlaps == (0,)
    assert results.settled(both) == results.settled(alone)


def test_a_run_refuses_to_start_while_a_step_of_another_is_at_work(warehouse: Warehouse) -> None:
    crashes.today(warehouse)
    warehouse.execute(crashes.GATES)  # type: ignore[arg-type]
    child = Child(stop_before="conclude.link")
    child.reached()
    let_time_pass(warehouse)  # however long the step takes: it holds its run
    with closed_gate(warehouse, "identity_links"):
        child.go_on()
        wait_until(lambda: somebody_waits(warehouse))
        with pytest.raises(errors.RunAlreadyActive) as refused:
            ingest()
        with pytest.raises(errors.RunAlreadyActive):
            ingest()

    assert refused.value.is_retryable
    message = str(refused.value)
    assert f"Run {refused.value.run_id} of identity_run is at work" in message
    assert "\nNext: wait until it ends" in message
    assert child.answer() == "completed"
    assert states(warehouse) == ["COMPLETED"]


def test_a_killed_process_whose_statement_still_runs_counts_as_alive(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")
    crashes.today(warehouse)
    warehouse.execute(crashes.GATES)  # type: ignore[arg-type]
    child = Child(stop_before="conclude.link")
    child.reached()
    let_time_pass(warehouse)  # however long the step takes: it holds its run
    with closed_gate(warehouse, "identity_links"):
        child.go_on()
        wait_until(lambda: somebody_waits(warehouse))
        child.kill()
        with pytest.raises(errors.RunAlreadyActive):
            ingest()
    wait_until(lambda: nobody_is_left(warehouse))
    ingest()

    assert states(warehouse) == ["FAILED", "COMPLETED"]


def test_a_run_that_was_given_up_and_comes_back_writes_nothing(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")
    crashes.today(warehouse)
    given_up = ingest(until="score_names_2")
    let_time_pass(warehouse)
    ingest()
    before = results.content(warehouse), warehouse.execute("select * from ops.run_steps order by 1, 2").fetchall()

    for step in step_names(DAG):
        with pytest.raises(errors.ControlTowerError, match=f"run {given_up} is not running: FAILED") as refused:
            run_step(DAG, step, given_up)
        assert str(refused.value).endswith("Start a new run; it goes on where this one stopped.")
    with pytest.raises(errors.QueryFailed, match="is not running"):
        runs.close_run(given_up, [])

    assert states(warehouse) == ["FAILED", "COMPLETED"]
    assert before == (
        results.content(warehouse),
        warehouse.execute("select * from ops.run_steps order by 1, 2").fetchall(),
    )


def test_steps_of_one_run_work_side_by_side(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTROL_TOWER_LOCK_TIMEOUT_SECONDS", "1")
    crashes.today(warehouse)
    run_id = runs.open_run("identity_run")
    with warehouse.transaction():  # another step of the run, a long one
        warehouse.execute("select ops.hold_run(%s)", [run_id])
        for step in ("normalise.drivers", "normalise.cabinet_leads", "normalise.scouting_rows"):
            run_step(DAG, step, run_id)

    done = {row[0] for row in warehouse.execute("select step from ops.run_steps where run_id = %s", [run_id])}
    assert done == {"drivers", "cabinet_leads", "scouting_rows"}


def test_a_finished_step_is_a_sign_of_life(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "30")
    run_id = runs.open_run("identity_run")
    let_time_pass(warehouse)
    with warehouse.transaction():  # so that nobody can write its heartbeat
        warehouse.execute("select ops.hold_run(%s)", [run_id])
        run_step(DAG, "normalise.drivers", run_id)
    monkeypatch.setattr(runs, "POLL_SECONDS", -30.0)  # look once

    with pytest.raises(errors.RunAlreadyActive):
        runs.open_run("identity_run")
    assert states(warehouse) == ["RUNNING"]


def test_a_run_of_an_older_program_that_never_ended_is_closed(warehouse: Warehouse) -> None:
    warehouse.execute(
        "insert into ops.ingestion_runs (job_type, started_at) values"
        " ('identity_run', now() - interval '3 days'), ('identity_run', now() - interval '2 days'),"
        " ('scout_attribution_refresh', now() - interval '1 day')"
    )
    ingest()

    assert states(warehouse) == ["FAILED", "FAILED", "FAILED", "COMPLETED"]
    assert "Abandoned" in last_error(warehouse)
