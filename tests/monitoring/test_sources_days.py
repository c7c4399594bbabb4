"""Days are those of the local clock, also when it changes; and what the catalogue, freshness and daily views list."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from psycopg.rows import namedtuple_row

from control_tower.monitoring import limits
from control_tower.settings import Settings
from control_tower.sources import WATCHED_SOURCES
from tests.monitoring.source_rows import INSERTS, add_row, set_limits, status

SANTIAGO = "America/Santiago"
MICROSECOND = timedelta(microseconds=1)
# In Santiago the clocks go from 24:00 on 2026-04-04 back to 23:00, and from 24:00 on 2026-09-05 on to 01:00: both
# days begin at this moment.
AUTUMN = datetime(2026, 4, 5, 4, 0, tzinfo=UTC)
SPRING = datetime(2026, 9, 6, 4, 0, tzinfo=UTC)


def fresh(warehouse: Any, source: str, moment: datetime) -> Any:
    """The row of `ops.v_data_freshness_status` for a source at a moment."""
    with warehouse.cursor(row_factory=namedtuple_row) as cursor:
        cursor.execute("select * from ops.v_data_freshness_status_at(%s) where source_name = %s", [moment, source])
        (row,) = cursor.fetchall()
    return row


@pytest.mark.parametrize("midnight", [AUTUMN, SPRING], ids=["autumn", "spring"])
@pytest.mark.parametrize("source", ["module_ct_scouting_daily", "lead_events"])
def test_a_day_ends_at_local_midnight_when_the_clocks_change(warehouse: Any, source: str, midnight: datetime) -> None:
    set_limits(warehouse, timezone=SANTIAGO)
    the_day_before = (midnight - timedelta(hours=12)).date()
    for came in (f"{the_day_before} 00:00", f"{the_day_before} 12:00", f"{the_day_before} 22:59:59"):
        add_row(warehouse, source, came, the_day_before, SANTIAGO)

    before, after = fresh(warehouse, source, midnight - MICROSECOND), fresh(warehouse, source, midnight)

    assert (before.rows_ingested_today, before.rows_business_today, before.business_days_lag) == (3, 3, 0)
    assert (after.rows_ingested_today, after.rows_ingested_yesterday, after.business_days_lag) == (0, 3, 1)


@pytest.mark.parametrize(
    ("day", "due_local"),
    [
        (date(2026, 4, 4), "2026-04-05 05:00"),  # 27 hours after 03:00, over a day of 25
        (date(2026, 9, 5), "2026-09-06 07:00"),  # over a day of 23
        (date(2026, 6, 5), "2026-06-06 06:00"),
    ],
)
def test_a_load_is_as_late_as_hours_have_passed_when_the_clocks_change(
    warehouse: Any, day: date, due_local: str
) -> None:
    set_limits(warehouse, timezone=SANTIAGO)
    add_row(warehouse, "module_ct_scouting_daily", f"{day} 03:00", zone=SANTIAGO)

    row = status(warehouse, "module_ct_scouting_daily", due_local, SANTIAGO)
    assert (row.health_status, row.ingestion_lag_interval) == ("GREEN_OK", timedelta(hours=27))
    row = status(warehouse, "module_ct_scouting_daily", f"{due_local}:00.000001", SANTIAGO)
    assert row.health_status == "YELLOW_INGESTION_1D"


def test_of_the_hour_that_comes_twice_the_later_one_is_the_newest(warehouse: Any) -> None:
    set_limits(warehouse, timezone=SANTIAGO)
    first, second = datetime(2026, 4, 5, 2, 30, tzinfo=UTC), datetime(2026, 4, 5, 3, 10, tzinfo=UTC)
    for key, came in enumerate((second, first)):  # 23:10 the second time, 23:30 the first time
        warehouse.execute(
            "insert into observational.lead_events (source_table, source_pk, event_date, created_at)"
            " values ('module_ct_migrations', %s, '2026-04-04', %s)",
            [str(key), came],
        )

    assert fresh(warehouse, "lead_events", AUTUMN).max_ingestion_ts == second


def test_the_zone_of_the_session_decides_nothing(warehouse: Any) -> None:
    add_row(warehouse, "module_ct_scouting_daily", "2026-03-10 23:30")
    add_row(warehouse, "lead_events", "2026-03-10 23:30")
    seen = set()
    for zone in ("UTC", "Asia/Tokyo", "America/Lima"):
        warehouse.execute("select set_config('timezone', %s, false)", [zone])
        for source in ("module_ct_scouting_daily", "lead_events"):
            row = fresh(warehouse, source, datetime(2026, 3, 11, 5, 0, tzinfo=UTC))  # midnight in Lima
            seen.add((row.max_ingestion_ts.astimezone(UTC), row.rows_ingested_today, row.rows_ingested_yesterday))
    assert seen == {(datetime(2026, 3, 11, 4, 30, tzinfo=UTC), 0, 1)}


def test_every_source_is_in_every_view(warehouse: Any) -> None:
    for source in INSERTS:
        add_row(warehouse, source, "2026-03-10 08:00")

    def names(query: str) -> set[str]:
        return {row[0] for row in warehouse.execute(query.encode())}

    moment = "timestamptz '2026-03-10 20:00Z'"
    assert names("select source_name from ops.v_data_sources_catalog") == set(INSERTS)
    for view in ("v_data_freshness_status", "v_data_ingestion_daily", "v_data_health_status"):
        assert names(f"select source_name from ops.{view}_at({moment})") == set(INSERTS), view
    assert {"lead_events", "ingestion_runs", "module_ct_cabinet_leads", "module_ct_migrations"} <= set(INSERTS)


def test_days_are_listed_for_ninety_days_by_what_rows_are_about_and_when_they_came(warehouse: Any) -> None:
    for came, about in (
        ("2026-03-31 03:00", "2026-03-30"),
        ("2026-03-31 03:00", "2026-03-29"),
        ("2026-03-30 03:00", "2026-03-29"),
        ("2025-12-31 03:00", "2025-12-31"),  # 90 days ago
        ("2025-12-30 23:59", "2025-12-30"),  # 91
        ("2026-04-01 00:00", "2026-04-01"),  # tomorrow
    ):
        add_row(warehouse, "summary_daily", came, about)

    rows = warehouse.execute(
        "select metric_type, metric_date::text, rows_count from ops.v_data_ingestion_daily_at('2026-03-31 15:00Z')"
        " where source_name = 'summary_daily' order by 1, 2"
    ).fetchall()

    assert rows == [
        ("business", "2025-12-31", 1),
        ("business", "2026-03-29", 2),
        ("business", "2026-03-30", 1),
        ("ingestion", "2025-12-31", 1),
        ("ingestion", "2026-03-30", 1),
        ("ingestion", "2026-03-31", 2),
    ]


def test_the_views_ask_at_now(warehouse: Any) -> None:
    set_limits(warehouse, timezone="UTC")
    warehouse.execute("set timezone = 'UTC'")
    warehouse.execute("insert into public.module_ct_scouting_daily (id, registration_date) values (1, current_date)")

    assert warehouse.execute(
        "select health_status, ingestion_lag_interval < interval '1 minute', rows_ingested_today"
        " from ops.v_data_health_status where source_name = 'module_ct_scouting_daily'"
    ).fetchone() == ("GREEN_OK", True, 1)
    assert warehouse.execute(
        "select metric_type, metric_date = current_date, rows_count from ops.v_data_ingestion_daily order by 1"
    ).fetchall() == [("business", True, 1), ("ingestion", True, 1)]
    assert warehouse.execute(
        "select max_business_date = current_date from ops.v_data_freshness_status"
        " where source_name = 'module_ct_scouting_daily'"
    ).fetchone() == (True,)


def test_only_completed_runs_count_as_arrivals(warehouse: Any) -> None:
    add_row(warehouse, "ingestion_runs", "2026-03-10 08:00")
    warehouse.execute(
        "insert into ops.ingestion_runs (job_type, status, started_at, completed_at)"
        " values ('identity_run', 'FAILED', '2026-03-12 08:00Z', '2026-03-12 08:00Z')"
    )

    assert status(warehouse, "ingestion_runs", "2026-03-12 08:00").health_status == "RED_INGESTION_STALE"


def test_the_defaults_of_the_database_are_those_of_the_settings(warehouse: Any) -> None:
    migrated = warehouse.execute("select * from ops.health_settings").fetchall()
    warehouse.execute("delete from ops.health_settings")
    warehouse.execute("insert into ops.health_settings (is_only) values (true)")
    assert warehouse.execute("select * from ops.health_settings").fetchall() == migrated

    assert limits.write_limits(warehouse, Settings()) is False, "nothing is different"


def test_limits_are_written_where_they_differ(warehouse: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TIMEZONE", SANTIAGO)
    monkeypatch.setenv("CONTROL_TOWER_STUCK_AFTER_MINUTES", "30")
    monkeypatch.setenv("CONTROL_TOWER_NO_NEW_DATA_DAYS", "7")
    monkeypatch.setenv("CONTROL_TOWER_SOURCE_CADENCE_HOURS", "drivers=48, module_ct_scouts_list=0")
    monkeypatch.setenv("CONTROL_TOWER_SOURCE_GRACE_HOURS", "1")
    settings = Settings()

    assert limits.write_limits(warehouse, settings) is True
    assert limits.write_limits(warehouse, settings) is False
    assert warehouse.execute(
        "select timezone, stuck_after_minutes, no_new_data_days, source_grace_hours from ops.health_settings"
    ).fetchone() == (SANTIAGO, 30, 7, 1)
    cadences = dict(warehouse.execute("select source_name, expected_cadence from ops.v_data_sources_catalog"))
    assert cadences["drivers"] == timedelta(hours=48)
    assert cadences["module_ct_scouts_list"] == timedelta(0)
    assert cadences["lead_events"] == timedelta(hours=24)


def test_the_settings_know_the_sources_that_are_watched(warehouse: Any) -> None:
    watched = warehouse.execute("select source_name from ops.v_data_sources_catalog").fetchall()

    assert sorted(name for (name,) in watched) == sorted(WATCHED_SOURCES)


@pytest.mark.parametrize("wrong", ["drivers", "driver=48", "drivers=-1", "drivers=8785", "drivers=x", '{"drivers": 4}'])
def test_a_cadence_that_means_nothing_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("CONTROL_TOWER_SOURCE_CADENCE_HOURS", wrong)

    with pytest.raises(ValueError, match="source_cadence_hours"):
        Settings()
