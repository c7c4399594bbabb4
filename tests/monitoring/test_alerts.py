"""From results to messages, on a real database, at made-up moments."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql

from control_tower.monitoring.check_result import Result
from control_tower.monitoring.grouping import cause_of_quality, group_by_cause
from tests.monitoring.watchtower import ATTRIBUTION, IDENTITY, Watchtower

MINUTES_15 = timedelta(minutes=15)
HOUR = timedelta(hours=1)


def keep_watching(watchtower: Watchtower, until: timedelta, *, attribution_runs: bool = True) -> list[tuple[str, str]]:
    """Look every 15 minutes; what was told."""
    told = []
    elapsed = timedelta(0)
    while elapsed < until:
        elapsed += MINUTES_15
        if attribution_runs and elapsed % (4 * HOUR) == timedelta(0):
            watchtower.now += MINUTES_15
            watchtower.run(ATTRIBUTION)
            watchtower.now -= MINUTES_15
        told += watchtower.check(MINUTES_15)
    return told


def test_a_healthy_house_says_nothing(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    assert watchtower.check() == []
    assert watchtower.check(MINUTES_15) == []
    assert watchtower.open_alerts() == {}
    assert watchtower.mail.notified == []


def test_a_pipeline_that_stops_is_yellow_after_a_day_red_after_two_and_over_when_it_runs(
    watchtower: Watchtower,
) -> None:
    watchtower.all_is_well()
    watchtower.check()
    assert keep_watching(watchtower, 24 * HOUR) == []
    assert watchtower.state("pipeline.identity_run") == ("OK", "OK"), "exactly on the limit is the better state"
    assert keep_watching(watchtower, 24 * HOUR) == [("OPENED", IDENTITY)]
    assert keep_watching(watchtower, MINUTES_15) == [("ESCALATED", IDENTITY)]
    watchtower.run(IDENTITY)
    assert watchtower.check(MINUTES_15) == [("CLOSED", IDENTITY)]

    assert (
        watchtower.mail.notified
        == watchtower.slack.notified
        == [
            ("OPENED", IDENTITY),
            ("ESCALATED", IDENTITY),
            ("CLOSED", IDENTITY),
        ]
    )
    assert len(set(watchtower.mail.ids)) == 3
    history = watchtower.warehouse.execute(
        "select worst_severity, closed_at - opened_at from ops.v_alert_history"
    ).fetchall()
    assert history == [("RED", 24 * HOUR + MINUTES_15)]
    changes = watchtower.warehouse.execute(
        "select state_old, state_new from ops.v_check_state_changes"
        " where check_name = 'pipeline.identity_run' order by id"
    ).fetchall()
    assert changes == [
        (None, "OK"),
        ("OK", "YELLOW_INGESTION_STALE"),
        ("YELLOW_INGESTION_STALE", "RED_INGESTION_STALE"),
        ("RED_INGESTION_STALE", "OK"),
    ]


def test_a_message_says_what_broke_which_limit_since_when(watchtower: Watchtower) -> None:
    run = watchtower.run(IDENTITY, ago=30 * HOUR)
    watchtower.run(ATTRIBUTION)
    watchtower.check()
    (facts,) = watchtower.mail.facts
    (problem,) = facts["problems"]
    assert problem["state"] == "YELLOW_INGESTION_STALE"
    assert problem["value"]["age_seconds"] == pytest.approx(30 * 3600, abs=1)
    assert problem["limit"] == {"age_seconds": 24 * 3600}
    assert problem["details"]["run_id"] == run
    assert problem["details"]["dag_run_id"] == "manual__1"
    assert problem["details"]["last_completed_at"] == (watchtower.now - 30 * HOUR).isoformat()


def test_two_looks_at_the_same_moment_tell_once(watchtower: Watchtower) -> None:
    watchtower.run(IDENTITY, "FAILED", error="the disk is full")
    watchtower.run(ATTRIBUTION)
    assert watchtower.check() == [("OPENED", IDENTITY)]
    assert watchtower.check() == []
    assert watchtower.mail.notified == [("OPENED", IDENTITY)]


def test_a_run_that_failed_by_an_invariant_is_told_as_that_invariant_and_once(watchtower: Watchtower) -> None:
    watchtower.warehouse.execute(
        "create or replace view ops.v_scout_attribution_metrics_snapshot as"
        " select 1::bigint as total_persons, 0::bigint as persons_with_scout_satisfactory, 0.0 as"
        " pct_scout_satisfactory, 1::bigint as persons_missing_scout, 0::bigint as conflicts_count,"
        " 0::bigint as backlog_a_events_without_scout, 0::bigint as backlog_d_scout_in_events_not_in_ledger,"
        " 0::bigint as backlog_c_legacy_no_events_no_ledger, null::public.runstatus as last_job_status,"
        " null::timestamptz as last_job_ended_at, null::timestamptz as last_job_started_at,"
        " null::integer as last_job_duration_seconds, null::json as last_job_summary,"
        " null::varchar as last_job_error, now() as snapshot_timestamp"
    )
    error = "run_checks: Checks that are not healthy: every_person_is_counted_once."
    watchtower.run(IDENTITY, "FAILED", error=error)
    watchtower.run(ATTRIBUTION, "FAILED", error=error)
    watchtower.run(IDENTITY, ago=2 * HOUR)
    watchtower.run(ATTRIBUTION, ago=2 * HOUR)

    assert watchtower.check() == [("OPENED", "invariants")]
    assert watchtower.open_alerts()["invariants"] == [
        "invariant.every_person_is_counted_once",
        "pipeline.identity_run",
        "pipeline.scout_attribution_refresh",
        "quality.scout_attribution",
    ]


def test_sources_that_stop_together_are_one_alert(watchtower: Watchtower, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTROL_TOWER_SOURCE_CADENCE_HOURS")
    watchtower.all_is_well()
    told = watchtower.check()
    assert ("OPENED", "sources") in told
    assert len(watchtower.open_alerts()["sources"]) >= 5
    assert told.count(("OPENED", "sources")) == 1
    assert all("lead_events" not in name for name in watchtower.open_alerts()["sources"])


def test_after_two_days_without_a_scheduler_the_first_look_tells_in_one_message(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    watchtower.check()
    told = watchtower.check(timedelta(days=2, minutes=1))
    assert told == [("OPENED", "airflow")]
    (facts,) = watchtower.mail.facts
    assert {problem["state"] for problem in facts["problems"]} == {
        "RED_INGESTION_STALE",
        "RED_ATTRIBUTION_STALE",
        "RED_ATTRIBUTION_JOB",
        "YELLOW_CHECKS_INTERRUPTED",
    }
    gap = next(problem for problem in facts["problems"] if problem["check"] == "health.checks")
    assert gap["value"]["gap_seconds"] == pytest.approx(2 * 86400 + 60)

    assert watchtower.check(MINUTES_15) == [], "that checks run again is no end yet"
    watchtower.all_is_well()
    assert watchtower.check(MINUTES_15) == [("CLOSED", "airflow")]


@pytest.mark.parametrize(
    ("minutes", "severity"), [(59, "OK"), (60, "OK"), (61, "YELLOW"), (1440, "YELLOW"), (1441, "RED")]
)
def test_that_nobody_looks_is_told_at_read_time(watchtower: Watchtower, minutes: int, severity: str) -> None:
    watchtower.all_is_well()
    watchtower.check()
    found = watchtower.warehouse.execute(
        "select severity, is_overdue from ops.v_check_results_at(%s) where check_name in ('health.itself',"
        " 'pipeline.identity_run') order by check_name",
        [watchtower.now + timedelta(minutes=minutes)],
    ).fetchall()
    assert found == [(severity, minutes > 60), ("OK", minutes > 60)]


def test_before_the_first_look_that_is_red(warehouse: psycopg.Connection[Any]) -> None:
    found = warehouse.execute("select check_name, severity, state from ops.v_check_results").fetchall()
    assert found == [("health.itself", "RED", "RED_NO_CHECKS")]


def test_a_view_that_cannot_be_read_is_red_and_the_others_are_looked_at(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    watchtower.check()
    watchtower.warehouse.execute("alter function ops.source_health_at rename to elsewhere")
    assert watchtower.check(MINUTES_15) == [("OPENED", "health")]
    assert watchtower.state("probe.source") == ("RED", "CHECK_FAILED")
    assert watchtower.state("pipeline.identity_run") == ("OK", "OK")
    watchtower.warehouse.execute("alter function ops.elsewhere rename to source_health_at")
    assert watchtower.check(MINUTES_15) == [("CLOSED", "health")]


def test_a_check_that_exists_no_more_is_forgotten_and_its_alert_ends(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    watchtower.warehouse.execute(
        "insert into ops.dag_observations values ('gone', false, true, 'line 1', %s)", [watchtower.now]
    )
    assert watchtower.check() == [("OPENED", "health")]
    watchtower.warehouse.execute("delete from ops.dag_observations")
    assert watchtower.check(MINUTES_15) == [("CLOSED", "health")]
    assert watchtower.warehouse.execute(
        "select state_new from ops.v_check_state_changes where check_name = 'dag.gone' order by id desc limit 1"
    ).fetchone() == ("REMOVED",)


def test_what_airflow_cannot_say_is_neither_green_nor_an_alarm(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    watchtower.warehouse.execute(
        "insert into ops.dag_observations values ('identity_ingestion', null, null, null, %s)", [watchtower.now]
    )
    assert watchtower.check() == []
    assert watchtower.state("dag.identity_ingestion") == ("UNKNOWN", "DAG_UNKNOWN")


def test_a_paused_pipeline_and_its_broken_file_are_one_alert(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    watchtower.warehouse.execute(
        "insert into ops.dag_observations values ('identity_ingestion', true, true, 'line 3: boom', %s)",
        [watchtower.now],
    )
    assert watchtower.check() == [("OPENED", IDENTITY)]
    assert watchtower.open_alerts() == {IDENTITY: ["dag.identity_ingestion", "pipeline.identity_run"]}


def test_history_is_bounded(watchtower: Watchtower, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTROL_TOWER_HEALTH_HISTORY_DAYS", "3")
    watchtower.run(IDENTITY, "FAILED", error="x")
    watchtower.run(ATTRIBUTION)
    watchtower.check()
    for _ in range(6):
        watchtower.now += timedelta(days=1)
        watchtower.all_is_well()
        watchtower.check()
    oldest = watchtower.now - timedelta(days=3)
    for table, moment in (
        ("check_state_changes", "changed_at"),
        ("health_checks", "checked_at"),
        ("alert_episodes", "closed_at"),
    ):
        found = watchtower.warehouse.execute(
            sql.SQL("select count(*) from ops.{} where {} < %s").format(sql.Identifier(table), sql.Identifier(moment)),
            [oldest],
        ).fetchone()
        assert found == (0,), table
    kept = watchtower.warehouse.execute("select count(*) from ops.health_checks").fetchone()
    assert kept is not None
    assert 3 <= kept[0] <= 4


@pytest.mark.parametrize(
    ("reasons", "cause"),
    [
        (["RED_NO_ATTRIBUTION"], ATTRIBUTION),
        (["RED_ATTRIBUTION_STALE", "NO_PERSONS"], ATTRIBUTION),
        (["RED_ATTRIBUTION_STALE", "CONFLICTS_OVER_100"], "attribution_quality"),
        (["SATISFACTORY_BELOW_80"], "attribution_quality"),
        (["NO_PERSONS"], "attribution_quality"),
    ],
)
def test_poor_quality_is_the_job_s_when_nothing_but_the_job_is_wrong(reasons: list[str], cause: str) -> None:
    assert cause_of_quality(reasons) == cause


def test_a_failed_run_is_not_blamed_on_airflow() -> None:
    failed = Result("pipeline.identity_run", "RED", "RED_RUN_FAILED", IDENTITY)
    gap = Result("health.checks", "YELLOW", "YELLOW_CHECKS_INTERRUPTED", "health")
    assert group_by_cause([failed, gap])[0].cause == IDENTITY
    assert group_by_cause([failed]) == [failed]
