"""The month before the demo: runs as scheduled, two alerts that are over, days and conflicts dated by what had come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import psycopg
import pytest

from control_tower.monitoring.states import QUALITY_LIMITS
from devtools.demo import history
from devtools.demo.__main__ import RATES
from devtools.demo.context import DemoContext
from devtools.demo.fleet import FleetSize, build_fleet
from devtools.demo.load import load_fleet
from devtools.demo.terminal import Page
from tests.pipeline import attribute, ingest

LIMA = ZoneInfo("America/Lima")


def test_the_schedule_of_a_month_has_one_failure_and_one_gap() -> None:
    now = datetime(2026, 11, 30, 17, 30, tzinfo=UTC)  # 12:30 in Lima
    runs = history.earlier_runs(now, LIMA)
    assert runs == sorted(runs, key=lambda run: run.started_at)
    assert runs[-1].started_at < now - timedelta(minutes=59)
    # 31 whole days of 4 runs, of which 5 did not start, and today those of 00:00 and 06:00
    assert sum(run.job_type == "identity_run" for run in runs) == 31 * 4 - 5 + 2
    # 31 whole days of 6 runs, and today those of 00:00, 04:00 and 08:00
    assert sum(run.job_type == "scout_attribution_refresh" for run in runs) == 31 * 6 + 3
    (failed,) = (run for run in runs if run.error)
    assert failed.started_at.astimezone(LIMA).isoformat() == "2026-11-11T08:00:40-05:00"


@pytest.fixture
def month(warehouse: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A small fleet after the month."""
    fleet = build_fleet(FleetSize(400, cabinet_leads=64, scouting_rows=224), country="PE", rates=RATES)
    load_fleet(warehouse, fleet, report=lambda _: None)
    context = cast("DemoContext", SimpleNamespace(page=Page(), connection=warehouse))
    history.record_earlier_runs(context)
    ingest()
    attribute()
    history.date_the_month(context)
    return warehouse


def test_the_month_looks_as_if_it_had_been_lived_through(month: psycopg.Connection[Any]) -> None:
    def rows(statement: str) -> list[Any]:
        return month.execute(statement.encode()).fetchall()

    days = rows(
        "select metric_date, total_persons, conflicts_count from ops.v_scout_attribution_metrics_daily order by 1"
    )
    assert len(days) == 31
    assert all(total for _, total, _ in days)
    assert [total for _, total, _ in days] == sorted(total for _, total, _ in days), "people only come"
    assert days[-2][1] <= days[-1][1]
    alerts = rows(
        "select cause, worst_severity, closed_at - opened_at from ops.v_alert_history where closed_at is not null"
    )
    assert [(cause, severity) for cause, severity, _ in alerts] == [
        ("scout_attribution_refresh", "RED"), ("identity_run", "YELLOW"),
    ]  # fmt: skip
    assert alerts[0][2] == timedelta(hours=4)
    ages = [age for (age,) in rows("select age_days from ops.v_scout_attribution_conflicts")]
    assert len(set(ages)) > 1
    assert max(ages) > 7
    (newest,) = rows(
        "select max(id) filter (where started_at > now() - interval '1 hour') = max(id) from ops.ingestion_runs"
    )
    assert newest == (True,), "later runs have later numbers"
    assert (
        rows(
            "select max(rows_read) from (select (stats -> 'records_read' ->> 'module_ct_scouting_daily')::int as"
            " rows_read from ops.ingestion_runs where dag_run_id is null) as read"
        )[0][0]
        > 0
    )
    assert rows(
        "select status from ops.check_results where check_name = 'audit_chain_is_intact' order by id desc limit 1"
    ) == [("OK",)]
    assert rows("select count(*) > 0 from ops.yango_payment_status_ledger") == [(True,)]


def test_a_fleet_with_few_conflicts_has_no_open_alert(month: psycopg.Connection[Any]) -> None:
    (open_conflicts,) = month.execute("select count(*) from ops.v_scout_attribution_conflicts").fetchone() or (0,)
    assert 0 < open_conflicts <= QUALITY_LIMITS["CONFLICTS_OVER_50"][1]
    assert month.execute("select cause from ops.v_open_alerts").fetchall() == []
