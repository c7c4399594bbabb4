"""The answers that an existing front end reads: their shapes, to the letter, and their figures."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

BASE = "/scouts/attribution"


def test_metrics_have_the_shape_of_the_contract(viewer: TestClient, fleet: psycopg.Connection[Any]) -> None:
    body = viewer.get(f"{BASE}/metrics").json()
    assert set(body) == {
        "total_persons",
        "persons_with_scout_satisfactory",
        "pct_scout_satisfactory",
        "persons_missing_scout",
        "conflicts_count",
        "backlog",
        "last_job",
        "snapshot_timestamp",
    }
    assert set(body["backlog"]) == {"a_events_without_scout", "d_scout_in_events_not_in_ledger", "c_legacy"}
    assert set(body["last_job"]) == {"status", "ended_at", "started_at", "duration_seconds", "summary", "error"}
    assert isinstance(body["pct_scout_satisfactory"], float)
    assert body["conflicts_count"] == 1
    assert body["total_persons"] == body["persons_with_scout_satisfactory"] + sum(body["backlog"].values())
    assert body["last_job"]["status"] == "COMPLETED"


def test_before_anything_ran_there_are_no_persons_and_no_job(viewer: TestClient) -> None:
    body = viewer.get(f"{BASE}/metrics").json()
    assert (body["total_persons"], body["pct_scout_satisfactory"]) == (0, None)
    assert set(body["last_job"].values()) == {None}
    assert viewer.get(f"{BASE}/job-status").json() == {"last_run": None, "status": "NEVER_RUN"}


def test_daily_metrics_go_back_so_many_days_and_show_gaps(viewer: TestClient, fleet: psycopg.Connection[Any]) -> None:
    days = viewer.get(f"{BASE}/metrics/daily?days=3").json()["daily_metrics"]
    assert len(days) == 3
    assert [day["date"] for day in days] == sorted(day["date"] for day in days)
    fields = ("date", "total_persons", "satisfactory_count", "pct_satisfactory", "missing_count", "by_source")
    assert all(name in day for day in days for name in fields)
    # yesterday, if it is past midnight since
    (of_the_run,) = fleet.execute("select metric_date::text from ops.scout_attribution_daily").fetchall()
    (recorded,) = [day for day in days if day["total_persons"] is not None]
    assert (recorded["date"],) == of_the_run
    assert recorded["total_persons"] > 0
    assert set(recorded["by_source"]) == {"scouting_daily", "cabinet_leads", "lead_ledger"}
    assert len(viewer.get(f"{BASE}/metrics/daily").json()["daily_metrics"]) == 30


@pytest.mark.parametrize("days", ["0", "32", "-1", "x", ""])
def test_days_outside_the_history_are_refused(viewer: TestClient, days: str) -> None:
    assert viewer.get(f"{BASE}/metrics/daily?days={days}").status_code == 422


def test_conflicts_are_listed_with_their_age(viewer: TestClient, fleet: psycopg.Connection[Any]) -> None:
    body = viewer.get(f"{BASE}/conflicts").json()
    assert body["pagination"] == {"page": 1, "page_size": 50, "total": 1, "total_pages": 1}
    (conflict,) = body["conflicts"]
    assert conflict["scout_ids"] == [7, 9]
    assert conflict["age_days"] == 0
    for query, total in (("scout_id=7", 1), ("scout_id=8", 0), ("min_age_days=0", 1), ("min_age_days=1", 0)):
        assert viewer.get(f"{BASE}/conflicts?{query}").json()["pagination"]["total"] == total, query


def test_the_backlog_s_categories_add_up(viewer: TestClient, fleet: psycopg.Connection[Any]) -> None:
    metrics = viewer.get(f"{BASE}/metrics").json()
    totals = {
        category: viewer.get(f"{BASE}/backlog?category={category}").json()["pagination"]["total"]
        for category in ("A", "C", "D")
    }
    assert totals == {
        "A": metrics["backlog"]["a_events_without_scout"],
        "C": metrics["backlog"]["c_legacy"],
        "D": metrics["backlog"]["d_scout_in_events_not_in_ledger"],
    }
    body = viewer.get(f"{BASE}/backlog").json()
    assert body["pagination"]["total"] == sum(totals.values()) == metrics["persons_missing_scout"]
    assert {person["category"] for person in body["backlog"]} <= {"A", "C", "D"}


def test_the_job_status_is_that_of_the_newest_refresh(viewer: TestClient, own_fleet: psycopg.Connection[Any]) -> None:
    own_fleet.execute(
        "insert into ops.ingestion_runs (job_type, status, started_at, completed_at, error_message)"
        " values ('scout_attribution_refresh', 'FAILED', now(), now() + interval '90 s', 'the disk is full')"
    )
    body = viewer.get(f"{BASE}/job-status").json()
    assert body["status"] == "FAILED"
    assert set(body["last_run"]) == {
        "run_id",
        "status",
        "started_at",
        "ended_at",
        "duration_seconds",
        "summary",
        "error",
    }
    assert (body["last_run"]["duration_seconds"], body["last_run"]["error"]) == (90, "the disk is full")
