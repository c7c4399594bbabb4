"""While Airflow stands still nobody looks, and `/health` says so all along: it is derived when it is asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.settings import get_settings
from control_tower.web import listing
from tests.monitoring.watchtower import QUIET_SOURCES, Watchtower

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def tower(warehouse: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch) -> Watchtower:
    monkeypatch.setenv("CONTROL_TOWER_SOURCE_CADENCE_HOURS", QUIET_SOURCES)
    get_settings.cache_clear()
    return Watchtower(warehouse)


def stand_still(tower: Watchtower, length: timedelta) -> None:
    """Everything ran well, a health check looked at it, and since then nothing at all has happened for so long."""
    tower.now -= length
    tower.all_is_well()
    tower.check()
    listing.ttl_cache.clear()


@pytest.mark.parametrize(
    ("length", "status_code", "status", "states", "watch"),
    [
        (MINUTE, 200, "OK", {"OK"}, ("OK", "OK")),
        (HOUR - MINUTE, 200, "OK", {"OK"}, ("OK", "OK")),
        (HOUR + MINUTE, 200, "YELLOW", {"OK"}, ("YELLOW", "YELLOW_CHECKS_STALE")),
        (DAY - MINUTE, 200, "YELLOW", {"OK", "YELLOW_ATTRIBUTION_STALE"}, ("YELLOW", "YELLOW_CHECKS_STALE")),
        (
            DAY + MINUTE,
            503,
            "RED",
            {"YELLOW_INGESTION_STALE", "RED_ATTRIBUTION_STALE"},
            ("RED", "RED_CHECKS_STALE"),
        ),
        (
            2 * DAY + MINUTE,
            503,
            "RED",
            {"RED_INGESTION_STALE", "RED_ATTRIBUTION_STALE"},
            ("RED", "RED_CHECKS_STALE"),
        ),
    ],
)
def test_a_monitor_that_asks_is_told_how_things_stand_although_nobody_has_looked(
    viewer: TestClient,
    tower: Watchtower,
    length: timedelta,
    status_code: int,
    status: str,
    states: set[str],
    watch: tuple[str, str],
) -> None:
    stand_still(tower, length)
    before = tower.warehouse.execute("select count(*), max(checked_at) from ops.health_checks").fetchone()
    answer = viewer.get("/health")
    body = answer.json()
    assert (answer.status_code, body["status"]) == (status_code, status), body["reasons"]
    assert {pipeline["state"] for pipeline in body["pipelines"]} == states
    assert (body["watch"]["severity"], body["watch"]["state"]) == watch
    assert tower.warehouse.execute("select count(*), max(checked_at) from ops.health_checks").fetchone() == before


def test_after_two_days_it_names_all_that_is_wrong_and_nothing_else(viewer: TestClient, tower: Watchtower) -> None:
    stand_still(tower, 2 * DAY + MINUTE)
    assert sorted(viewer.get("/health").json()["reasons"]) == [
        "attribution: RED_ATTRIBUTION_STALE",
        "identity_run: RED_INGESTION_STALE",
        "scout_attribution_refresh: RED_ATTRIBUTION_STALE",
        "watch: RED_CHECKS_STALE",
    ]


def test_a_monitor_without_a_login_is_told_the_same(
    anonymous: TestClient, tower: Watchtower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_MONITOR_TOKEN", "a-token-of-the-monitor")
    get_settings.cache_clear()
    stand_still(tower, 2 * DAY + MINUTE)
    address = "/control-tower/api/v1/health"
    assert anonymous.get(address).status_code == 401
    answer = anonymous.get(address, headers={"Authorization": "Bearer a-token-of-the-monitor"})
    assert (answer.status_code, answer.json()["status"]) == (503, "RED")
