"""The demo's chapter on health: it tells of a yellow, a red and an end, and leaves nothing behind."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any, cast

from devtools.demo.context import DemoContext
from devtools.demo.health_story import check_health
from devtools.demo.terminal import Page
from tests.monitoring.watchtower import Watchtower

KEPT = ("alert_episodes", "alert_deliveries", "check_states", "check_state_changes", "health_checks", "check_results")


def counts(watchtower: Watchtower) -> list[Any]:
    return [
        watchtower.warehouse.execute(f"select count(*) from ops.{table}").fetchone() for table in KEPT
    ] + watchtower.warehouse.execute("select id, started_at, completed_at from ops.ingestion_runs").fetchall()


def test_it_shows_the_yellow_the_red_and_the_recovery_and_is_rolled_back(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    before = counts(watchtower)
    page = io.StringIO()

    check_health(cast("DemoContext", SimpleNamespace(page=Page(page), connection=watchtower.warehouse)))

    told = [line.strip() for line in page.getvalue().splitlines() if line.strip().startswith("after ")]
    assert told == [
        "after 24.25 h   YELLOW: identity ingestion",
        "after 48.25 h   RED (was yellow): identity ingestion",
        "after 49.25 h   RESOLVED: identity ingestion, lasted 1 d 1 h",
    ]
    assert "Measured: last completed run ago: 1 d 15 min (limit: 1 d)" in page.getvalue()
    assert counts(watchtower) == before
