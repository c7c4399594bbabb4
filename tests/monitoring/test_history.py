"""What health remembers is bounded, whatever never ends; and what a house as a whole is said to be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from control_tower.monitoring import health_check, heartbeat
from control_tower.monitoring.check_history import prune_history
from tests.monitoring.servers import web_server
from tests.monitoring.watchtower import ATTRIBUTION, IDENTITY, Watchtower

DAYS = 3
HERE = {"mail": True, "slack": True}


@pytest.fixture
def forgetful(watchtower: Watchtower, monkeypatch: pytest.MonkeyPatch) -> Watchtower:
    monkeypatch.setenv("CONTROL_TOWER_HEALTH_HISTORY_DAYS", str(DAYS))
    watchtower.all_is_well()
    watchtower.check()
    return watchtower


def ids(tower: Watchtower, table: str) -> list[Any]:
    return [row[0] for row in tower.warehouse.execute(f"select id from ops.{table} order by id".encode())]


@pytest.mark.parametrize(
    ("beyond", "is_kept"), [(timedelta(seconds=-1), True), (timedelta(0), True), (timedelta(seconds=1), False)]
)
def test_what_is_older_than_the_days_of_the_setting_is_dropped(
    forgetful: Watchtower, beyond: timedelta, is_kept: bool
) -> None:
    tower = forgetful
    then = tower.now - timedelta(days=DAYS) - beyond
    run = tower.run(IDENTITY)
    tower.warehouse.execute("delete from ops.check_results; delete from ops.alert_deliveries")
    tower.warehouse.execute(
        "with an_open_alert as (insert into ops.alert_episodes (cause, severity, worst_severity, opened_at, problems)"
        " values ('for ever', 'RED', 'RED', %(then)s::timestamptz - interval '1 year', '{}') returning id),"
        " its_message as (insert into ops.alert_deliveries (episode_id, message, channel, kind, message_id, facts,"
        " status, queued_at, next_attempt_at, sent_at) select id, 1, 'mail', 'REPEATED', 'x', '{}', 'SENT', %(then)s,"
        " %(then)s, %(then)s from an_open_alert),"
        " a_mute as (insert into ops.alert_mutes (target, reason, muted_by, muted_at, muted_until)"
        " values ('sources', 'known', 'ana', %(then)s::timestamptz - interval '1 day', %(then)s)),"
        " results as (insert into ops.check_results (run_id, check_name, checked_at, status, seconds)"
        " values (%(run)s, 'of a run', %(then)s, 'OK', 0), (%(run)s, 'of a run', %(now)s, 'OK', 0))"
        " insert into ops.health_checks (checked_at, severity, checks, unhealthy, seconds)"
        " values (%(then)s, 'OK', 1, 0, 0)",
        {"then": then, "now": tower.now, "run": run},
    )
    counts = {table: len(ids(tower, table)) for table in ("alert_deliveries", "alert_mutes", "check_results",
                                                          "health_checks", "alert_episodes")}  # fmt: skip
    prune_history(tower.warehouse, tower.now)
    left = {table: len(ids(tower, table)) for table in counts}
    dropped = {table: counts[table] - left[table] for table in counts}
    assert dropped == {
        "alert_deliveries": not is_kept,
        "alert_mutes": not is_kept,
        "check_results": not is_kept,
        "health_checks": not is_kept,
        "alert_episodes": 0,  # it is open
    }


def test_the_latest_result_of_an_invariant_a_message_that_waits_and_a_mute_in_force_stay(forgetful: Watchtower) -> None:
    tower = forgetful
    tower.mail.refusal = "connection refused"
    tower.run(IDENTITY, "FAILED", error="the disk is full")
    tower.check()
    tower.warehouse.execute(
        "insert into ops.alert_mutes (target, reason, muted_by, muted_at, muted_until)"
        " values ('sources', 'known', 'ana', %s, %s)",
        [tower.now, tower.now + timedelta(days=90)],
    )
    latest = "select max(id) from ops.check_results group by check_name order by 1"
    results = tower.warehouse.execute(latest).fetchall()
    prune_history(tower.warehouse, tower.now + timedelta(days=60))
    assert [(number,) for number in ids(tower, "check_results")] == results
    waiting = [delivery for delivery in tower.deliveries() if delivery[2] == "PENDING"]
    assert waiting == tower.deliveries() != [], "those that were sent are history"
    assert len(ids(tower, "alert_mutes")) == 1


@pytest.mark.parametrize("configured", [HERE, {"mail": True, "slack": False}, {"mail": False, "slack": False}])
def test_a_healthy_house_is_ok_whichever_channels_it_wants(watchtower: Watchtower, configured: dict[str, bool]) -> None:
    watchtower.all_is_well()
    found = health_check.run_all_checks(watchtower.warehouse, watchtower.now, configured=configured)
    assert found["severity"] == "OK"
    severity, line = health_check.latest_severity(watchtower.warehouse)
    assert severity == "OK"
    assert line == f"OK: {found['checks']} checks, 0 unhealthy; audit chain: nothing is sealed yet"


def test_what_airflow_cannot_say_leaves_the_whole_unknown(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    watchtower.warehouse.execute(
        "insert into ops.dag_observations values ('identity_ingestion', null, null, null, %s)", [watchtower.now]
    )
    found = health_check.run_all_checks(watchtower.warehouse, watchtower.now, configured={"mail": True, "slack": False})
    assert found["severity"] == "UNKNOWN"


def test_the_monitor_outside_is_told_red_by_the_address_and_the_rest_by_the_line(
    watchtower: Watchtower, monkeypatch: pytest.MonkeyPatch
) -> None:
    watchtower.all_is_well()
    with web_server() as web:
        monkeypatch.setenv("CONTROL_TOWER_HEARTBEAT_URL", f"{web.url}/beat")
        for status in ("COMPLETED", "FAILED"):
            watchtower.run(ATTRIBUTION, status, error="x" if status == "FAILED" else None)
            watchtower.check()
            assert heartbeat.send_heartbeat(*health_check.latest_severity(watchtower.warehouse)) is True
            watchtower.now += timedelta(minutes=1)
    assert [path for path, _ in web.posts] == ["/beat", "/beat/fail"]
    assert [body.partition(":")[0] for _, body in web.posts] == ["OK", "RED"]
