"""A clock that was wrong for a while freezes nothing: neither what is known, nor what is told, nor what is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from control_tower import runs
from control_tower.errors import RunAlreadyActive
from control_tower.monitoring import checks, health_check
from control_tower.monitoring.checks import broken_invariants
from control_tower.monitoring.probes import ProbeContext
from tests.monitoring.watchtower import ATTRIBUTION, IDENTITY, Watchtower

MINUTES_15 = timedelta(minutes=15)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("ahead", [3 * HOUR, timedelta(days=2, minutes=1)])
def test_after_a_look_by_a_clock_that_was_ahead_a_failure_is_told_and_shown(
    watchtower: Watchtower, ahead: timedelta
) -> None:
    watchtower.all_is_well()
    watchtower.check()
    watchtower.check(ahead)
    watchtower.now -= ahead - MINUTES_15
    watchtower.all_is_well()
    watchtower.check()
    watchtower.now += MINUTES_15
    watchtower.run(IDENTITY, "FAILED", error="the disk is full")
    assert watchtower.check() == [("OPENED", IDENTITY)]
    assert watchtower.state("pipeline.identity_run") == ("RED", "RED_RUN_FAILED")
    assert health_check.latest_severity(watchtower.warehouse)[0] == "RED"


def test_what_was_only_stale_by_a_clock_that_was_ahead_is_over_when_it_is_right_again(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    watchtower.check()
    watchtower.check(timedelta(days=2, minutes=1))
    assert watchtower.open_alerts() != {}
    watchtower.now -= timedelta(days=2)
    assert watchtower.check() == [("CLOSED", "airflow")]
    assert watchtower.open_alerts() == {}
    lasted = watchtower.warehouse.execute("select closed_at - opened_at from ops.v_alert_history").fetchall()
    assert lasted == [(timedelta(0),)]


@pytest.mark.parametrize(
    ("ahead", "is_kept"),
    [
        (timedelta(minutes=10), True),
        (timedelta(minutes=10, microseconds=1), False),
        (timedelta(0), False),
    ],
)
def test_of_two_looks_at_the_same_time_the_later_counts_and_one_far_ahead_does_not(
    watchtower: Watchtower, ahead: timedelta, is_kept: bool
) -> None:
    watchtower.all_is_well()
    watchtower.check(ahead)
    watchtower.run(IDENTITY, "FAILED", error="the disk is full")
    watchtower.check(-ahead)
    assert watchtower.state("pipeline.identity_run")[0] == ("OK" if is_kept else "RED")
    since = watchtower.warehouse.execute("select bool_and(since <= checked_at) from ops.check_states").fetchone()
    assert since == (True,)


def test_a_check_that_exists_no_more_is_forgotten_although_it_was_kept_by_a_clock_that_was_ahead(
    watchtower: Watchtower,
) -> None:
    watchtower.all_is_well()
    watchtower.warehouse.execute(
        "insert into ops.dag_observations values ('gone', false, true, 'line 1', %s)", [watchtower.now + 3 * HOUR]
    )
    watchtower.check(3 * HOUR)
    assert "dag.gone" in watchtower.open_alerts()["health"]
    watchtower.warehouse.execute("delete from ops.dag_observations")
    assert ("CLOSED", "health") in watchtower.check(-3 * HOUR)


def test_an_invariant_that_was_checked_by_a_clock_that_was_ahead_hides_no_later_result(watchtower: Watchtower) -> None:
    (name, *_) = checks.check_names()
    watchtower.all_is_well()
    watchtower.check()
    watchtower.warehouse.execute(
        "insert into ops.check_results (check_name, checked_at, status, offenders, seconds)"
        " values (%(name)s, now() + interval '2 days', 'OK', 0, 0), (%(name)s, now(), 'FAILED', 1, 9)",
        {"name": name},
    )
    assert broken_invariants(ProbeContext(watchtower.warehouse, watchtower.now)) == {name}


def test_a_run_of_the_future_hides_no_failure_of_today(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    watchtower.run(IDENTITY, ago=-timedelta(days=2))
    watchtower.check()
    watchtower.now += HOUR
    watchtower.run(ATTRIBUTION)
    failed = watchtower.run(IDENTITY, "FAILED", error="the disk is full")
    assert watchtower.check() == [("OPENED", IDENTITY)]
    (problem,) = watchtower.mail.facts[0]["problems"]
    assert (problem["details"]["run_id"], problem["details"]["error"]) == (failed, "the disk is full")


def dead_run_ahead(watchtower: Watchtower, *columns: str) -> int:
    """A RUNNING run whose process is gone and whose stamps in these columns are two days ahead."""
    run = watchtower.run(IDENTITY, "RUNNING")
    for column in ("started_at", "heartbeat_at"):
        ago = "now() + interval '2 days'" if column in columns else "now() - interval '1 hour'"
        watchtower.warehouse.execute(f"update ops.ingestion_runs set {column} = {ago} where id = %s".encode(), [run])
    if "finished_at" in columns:
        watchtower.warehouse.execute(
            "insert into ops.run_steps (run_id, step, finished_at, seconds, rows_changed)"
            " values (%s, 'drivers', now() + interval '2 days', 0, 0)",
            [run],
        )
    return run


@pytest.mark.parametrize(
    "columns", [("heartbeat_at",), ("started_at", "heartbeat_at"), ("started_at", "heartbeat_at", "finished_at")]
)
def test_a_heartbeat_of_a_clock_that_was_ahead_keeps_no_dead_run_alive(
    watchtower: Watchtower, monkeypatch: pytest.MonkeyPatch, columns: tuple[str, ...]
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")
    dead = dead_run_ahead(watchtower, *columns)

    assert runs.open_run("identity_run") == dead + 1, "it waits for a sign of life and takes over"
    states = watchtower.warehouse.execute("select status::text from ops.ingestion_runs order by id").fetchall()
    assert states == [("FAILED",), ("RUNNING",)]


def test_a_run_that_a_health_check_meets_has_its_time_for_a_sign_of_life(watchtower: Watchtower) -> None:
    dead = dead_run_ahead(watchtower, "started_at", "heartbeat_at")

    assert runs.close_abandoned_runs(lambda *_: False) == []
    watchtower.warehouse.execute(
        "update ops.ingestion_runs set heartbeat_at = heartbeat_at - interval '2 minutes' where id = %s", [dead]
    )
    assert runs.close_abandoned_runs(lambda *_: False) == [dead]


def test_a_run_that_started_by_a_clock_that_was_ahead_and_lives_is_not_taken_over(
    watchtower: Watchtower, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive = dead_run_ahead(watchtower, "started_at", "heartbeat_at", "finished_at")
    watchtower.warehouse.execute(runs.HEARTBEAT.encode(), [alive])
    monkeypatch.setattr(runs, "POLL_SECONDS", -200.0)  # look once

    with pytest.raises(RunAlreadyActive):
        runs.open_run("identity_run")
    assert runs.close_abandoned_runs(lambda *_: False) == []


@pytest.mark.parametrize("was_tried", [False, True])
def test_a_message_of_a_clock_that_was_ahead_does_not_wait_until_then(watchtower: Watchtower, was_tried: bool) -> None:
    watchtower.mail.refusal = "no such server" if was_tried else None
    watchtower.now += timedelta(days=2)
    watchtower.all_is_well()
    watchtower.run(IDENTITY, "FAILED", error="the disk is full")
    watchtower.check(send=was_tried)
    watchtower.now -= timedelta(days=2)
    watchtower.mail.refusal = None

    counts = health_check.deliver_messages(watchtower.warehouse, watchtower.now, watchtower.channels)

    assert (counts.failed, [kind for kind, _ in watchtower.mail.notified]) == (0, ["OPENED"])
