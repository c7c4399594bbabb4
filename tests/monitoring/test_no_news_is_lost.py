"""What is wrong reaches its readers although tasks are killed, locks are held, something else is wrong, or is muted."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql

from control_tower.database import read_sql
from control_tower.monitoring import health_check, mute
from tests.monitoring.watchtower import ATTRIBUTION, IDENTITY, Watchtower

MINUTES_15 = timedelta(minutes=15)
HOUR = timedelta(hours=1)


def test_a_pipeline_that_fails_while_it_is_told_as_stale_is_told_at_once(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    watchtower.check()
    watchtower.check(timedelta(days=2, minutes=1))
    watchtower.now += MINUTES_15
    watchtower.run(ATTRIBUTION)
    failed = watchtower.run(IDENTITY, "FAILED", error="the disk is full")
    health_check.run_job_checks(watchtower.warehouse, watchtower.now, "identity_run")
    (queued,) = health_check.update_alerts(watchtower.warehouse, watchtower.now, watchtower.channels)
    assert (queued.kind, queued.cause) == ("EXTENDED", "airflow")
    assert [watchtower.check(MINUTES_15) for _ in range(4)] == [[]] * 4
    problems = {problem["check"]: problem for problem in watchtower.mail.facts[-1]["problems"]}
    identity = problems["pipeline.identity_run"]
    assert (identity["is_news"], identity["details"]["run_id"]) == (True, failed)
    assert identity["details"]["error"] == "the disk is full"


def test_the_run_that_failed_is_the_one_to_look_at_while_the_next_is_under_way(watchtower: Watchtower) -> None:
    watchtower.run(ATTRIBUTION)
    watchtower.run(IDENTITY, ago=2 * HOUR)
    error = "run_checks: Checks that are not healthy: every_person_is_counted_once."
    failed = watchtower.run(IDENTITY, "FAILED", ago=HOUR, error=error)
    watchtower.warehouse.execute("update ops.ingestion_runs set dag_run_id = 'manual__2' where id = %s", [failed])
    watchtower.run(IDENTITY, "RUNNING", ago=timedelta(minutes=5))
    watchtower.check()
    details = watchtower.mail.facts[0]["problems"][0]["details"]
    assert (details["run_id"], details["dag_run_id"], details["error"]) == (failed, "manual__2", error)
    assert details["run_status"] == "RUNNING", "nobody starts another one"


@pytest.mark.parametrize("is_killed", ["before the alerts", "between results and the note that somebody looked"])
def test_that_nobody_watched_is_told_although_the_first_look_afterwards_was_killed(
    watchtower: Watchtower, monkeypatch: pytest.MonkeyPatch, is_killed: str
) -> None:
    watchtower.all_is_well()
    watchtower.check()
    watchtower.now += 3 * HOUR
    with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
        if is_killed != "before the alerts":
            patch.setattr(health_check, "record_health_check", kill)
        health_check.run_all_checks(watchtower.warehouse, watchtower.now, configured={"mail": True})
    assert watchtower.check(timedelta(seconds=30)) == [("OPENED", "airflow")]
    assert watchtower.check(MINUTES_15) == [("CLOSED", "airflow")]


def kill(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def test_a_gap_is_not_told_again_when_the_next_look_comes_late(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    watchtower.check()
    for minutes, told in ((60, []), (61, [("OPENED", "airflow")]), (60, [("CLOSED", "airflow")])):
        assert watchtower.check(timedelta(minutes=minutes)) == told


def test_an_invariant_that_met_a_lock_is_yellow_and_well_when_the_lock_is_gone(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    watchtower.check()
    watchtower.warehouse.execute("set lock_timeout = '600ms'")
    with psycopg.connect(watchtower.warehouse.info.dsn) as migration:
        migration.execute("lock table canon.identity_links in access exclusive mode")
        assert watchtower.check(MINUTES_15) == [("OPENED", "invariants")]
        assert watchtower.mail.facts[0]["severity"] == "YELLOW"
        assert {problem["state"] for problem in watchtower.mail.facts[0]["problems"]} == {"CHECK_FAILED"}
    assert watchtower.check(MINUTES_15) == [("CLOSED", "invariants")]


def test_an_invariant_that_lacks_something_is_red(watchtower: Watchtower) -> None:
    watchtower.warehouse.execute("alter view ops.v_identity_links rename column person_key to elsewhere")
    watchtower.all_is_well()
    watchtower.check()
    assert watchtower.state("invariant.no_link_to_a_missing_person") == ("RED", "CHECK_FAILED")


def test_a_failing_task_does_not_end_the_alert_of_what_cannot_be_looked_at(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    watchtower.check()
    watchtower.warehouse.execute(
        "create function public.refuse() returns trigger language plpgsql as"
        " $$ begin raise exception 'no right'; end $$;"
        " create trigger refuse before insert on ops.check_results execute function public.refuse()"
    )
    watchtower.warehouse.execute("update ops.check_results set checked_at = checked_at - interval '13 hours'")
    assert watchtower.check(MINUTES_15) == [("OPENED", "health")]
    health_check.run_job_checks(watchtower.warehouse, watchtower.now, "identity_run")
    assert health_check.update_alerts(watchtower.warehouse, watchtower.now, watchtower.channels) == []
    assert watchtower.state("probe.invariant") == ("RED", "CHECK_FAILED")
    assert watchtower.check(MINUTES_15) == []


def test_what_cannot_be_looked_at_is_red_for_monitors_and_not_shown_as_well(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    watchtower.check()
    name = "invariant.no_link_to_a_missing_person"
    assert watchtower.state(name) == ("OK", "OK")
    watchtower.warehouse.execute("alter table ops.check_results rename column sample to elsewhere")
    assert watchtower.check(MINUTES_15) == [("OPENED", "health")]
    assert watchtower.state(name) == ("UNKNOWN", "CHECK_FAILED")
    assert watchtower.state("quality.scout_attribution") == ("OK", "OK")
    overview = watchtower.warehouse.execute(
        sql.SQL("select unhealthy_checks, red_checks, watch_severity from ({}) as overview").format(
            sql.SQL(read_sql("web/health/health_overview.sql").rstrip(";\n"))
        )
    ).fetchone()
    assert overview == ({"probe.invariant": "CHECK_FAILED", "probe.pipeline": "CHECK_FAILED"}, 2, "OK")


def test_a_message_says_nothing_of_what_is_muted(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    watchtower.warehouse.execute(
        "insert into ops.dag_observations values ('identity_ingestion', false, false, null, %s)", [watchtower.now]
    )
    watchtower.check()
    mute("dag.identity_ingestion", watchtower.now + 10 * HOUR, "we know", "ana")
    watchtower.warehouse.execute("update ops.dag_observations set has_import_error = true, import_error = 'line 1'")
    assert watchtower.check(MINUTES_15) == []
    watchtower.warehouse.execute("update ops.dag_observations set is_paused = true")
    assert watchtower.check(MINUTES_15) == [("OPENED", IDENTITY)]
    (facts,) = watchtower.mail.facts
    assert facts["severity"] == "YELLOW"
    assert [problem["check"] for problem in facts["problems"]] == ["pipeline.identity_run"]
    assert watchtower.open_alerts() == {IDENTITY: ["dag.identity_ingestion", "pipeline.identity_run"]}, "it is shown"
