"""Late by hours alike at every time of day, on the days of the week and in the time zone that each source has."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from control_tower.settings import Settings
from tests.monitoring.source_rows import add_row, set_limits, status

SOURCE = "module_ct_scouting_daily"
MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
LIMITS = [(3, "GREEN_OK", "YELLOW_INGESTION_1D"), (18, "YELLOW_INGESTION_1D", "RED_INGESTION_STALE"),
          (24, "RED_INGESTION_STALE", "RED_NO_INGESTION_2D")]  # fmt: skip


def local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@pytest.mark.parametrize("zone", ["America/Lima", "America/Santiago", "Asia/Kolkata"])
def test_a_load_of_any_hour_is_yellow_and_red_after_the_same_hours(warehouse: Any, zone: str) -> None:
    set_limits(warehouse, timezone=zone)
    for hour in range(24):
        warehouse.execute("truncate public.module_ct_scouting_daily")
        loaded = datetime(2026, 7, 1, hour, 10, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        add_row(warehouse, SOURCE, local(loaded, zone))
        for late, until, beyond in LIMITS:
            for extra, expected in ((timedelta(0), until), (MICROSECOND, beyond)):
                moment = loaded + (24 + late) * HOUR + extra
                assert status(warehouse, SOURCE, local(moment, zone), zone).health_status == expected, (hour, late)


def test_an_evening_load_is_yellow_before_it_is_red(warehouse: Any) -> None:
    add_row(warehouse, SOURCE, "2026-11-19 21:00", "2026-11-20")

    assert status(warehouse, SOURCE, "2026-11-20 23:59").health_status == "GREEN_OK"
    assert status(warehouse, SOURCE, "2026-11-21 00:01").health_status == "YELLOW_INGESTION_1D"


@pytest.mark.parametrize("source", ["summary_daily", "module_ct_cabinet_payments", "drivers", "lead_events"])
def test_every_kind_of_source_is_yellow_after_the_same_hours(warehouse: Any, source: str) -> None:
    for hour in (1, 9, 21):
        came = datetime(2026, 7, 1 + hour, hour)  # noqa: DTZ001  local clock
        add_row(warehouse, source, came)
        severities = [
            status(warehouse, source, came + lag).severity
            for lag in (27 * HOUR, 27 * HOUR + MICROSECOND, 42 * HOUR, 42 * HOUR + MICROSECOND)
        ]
        assert severities == ["OK", "YELLOW", "YELLOW", "RED"], (source, hour)


def test_a_source_may_be_late_by_a_grace_of_its_own(warehouse: Any) -> None:
    set_limits(warehouse, source_own_grace_hours=json.dumps({SOURCE: 6}))
    for source in (SOURCE, "drivers"):
        add_row(warehouse, source, "2026-07-01 09:00")

    assert status(warehouse, SOURCE, "2026-07-02 15:00").health_status == "GREEN_OK"
    assert status(warehouse, SOURCE, "2026-07-02 15:00:00.000001").health_status == "YELLOW_INGESTION_1D"
    assert status(warehouse, "drivers", "2026-07-02 12:00:00.000001").health_status == "YELLOW_INGESTION_1D"


# 2026-07-03 is a Friday
@pytest.mark.parametrize(
    ("days", "came", "due"),
    [
        ([1, 2, 3, 4, 5], "2026-07-03 21:00", "2026-07-06 21:00"),
        ([1, 2, 3, 4, 5], "2026-07-03 03:00", "2026-07-06 03:00"),
        ([1, 2, 3, 4, 5], "2026-07-04 01:00", "2026-07-07 00:00"),  # Friday's load, after midnight
        ([1, 2, 3, 4, 5], "2026-07-03 00:00", "2026-07-06 00:00"),  # midnight is Monday's, not the end of Friday
        ([1, 2, 3, 4, 5], "2026-07-02 21:00", "2026-07-03 21:00"),
        ([1, 2, 3, 4, 5, 6], "2026-07-04 09:00", "2026-07-06 09:00"),
        ([2, 3, 4, 5, 6], "2026-07-04 03:00", "2026-07-07 03:00"),  # the day before is loaded from Tuesday to Saturday
        ([1, 4], "2026-07-02 10:00", "2026-07-06 10:00"),
        ([5], "2026-07-03 10:00", "2026-07-10 10:00"),
        (None, "2026-07-03 21:00", "2026-07-04 21:00"),
    ],
)
def test_only_the_days_on_which_it_is_loaded_count(warehouse: Any, days: list[int] | None, came: str, due: str) -> None:
    set_limits(warehouse, source_weekdays=json.dumps({SOURCE: days} if days else {}))
    add_row(warehouse, SOURCE, came)
    due_at = datetime.fromisoformat(due)

    row = status(warehouse, SOURCE, due_at + 3 * HOUR)
    assert (local(row.due_at, "America/Lima"), row.health_status) == (due_at, "GREEN_OK")
    assert status(warehouse, SOURCE, due_at + 3 * HOUR + MICROSECOND).health_status == "YELLOW_INGESTION_1D"
    assert status(warehouse, SOURCE, due_at + 18 * HOUR + MICROSECOND).health_status == "RED_INGESTION_STALE"


def test_on_monday_the_payments_of_friday_are_those_of_the_day_before(warehouse: Any) -> None:
    source = "module_ct_cabinet_payments"
    add_row(warehouse, source, "2026-07-06 09:00", "2026-07-03")
    assert status(warehouse, source, "2026-07-06 09:00").health_status == "YELLOW_BUSINESS_LAG"

    set_limits(warehouse, source_weekdays=json.dumps({source: [1, 2, 3, 4, 5]}))
    assert status(warehouse, source, "2026-07-06 09:00").health_status == "GREEN_OK"


def due_by_hand(last: datetime, cadence: timedelta, days: set[int], zone: ZoneInfo) -> datetime:
    """The moment at which the hours of expected days since the last load are as many as the cadence, in minutes."""
    moment, left = last, cadence
    while True:
        counts = moment.astimezone(zone).isoweekday() in days
        if counts and left == timedelta(0):
            return moment
        moment += timedelta(minutes=1)
        left -= timedelta(minutes=1) if counts else timedelta(0)


def test_due_is_what_counting_the_minutes_of_expected_days_says(warehouse: Any) -> None:
    rng = random.Random(18)
    cases = []
    for _ in range(150):
        zone = rng.choice(["America/Lima", "America/Santiago", "Europe/Madrid", "Asia/Kolkata", "UTC"])
        days = rng.sample(range(1, 8), rng.randint(1, 7))
        # around the days on which clocks change in Santiago and Madrid
        start = rng.choice([datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 9, 2, tzinfo=UTC),
                            datetime(2026, 3, 26, tzinfo=UTC), datetime(2026, 10, 22, tzinfo=UTC)])  # fmt: skip
        last = start + rng.randrange(7 * 24) * HOUR + rng.choice([0, 30]) * timedelta(minutes=1)
        cases.append((last, rng.choice([6, 24, 24, 48, 100]) * HOUR, sorted(days), zone))
    for zone_of_session in ("America/Santiago", "UTC"):
        warehouse.execute("select set_config('timezone', %s, false)", [zone_of_session])
        for last, cadence, days, zone in cases:
            answer = warehouse.execute("select ops.due_at(%s, %s, %s::integer[], %s)", [last, cadence, days, zone])
            expected = due_by_hand(last, cadence, set(days), ZoneInfo(zone))
            assert answer.fetchone() == (expected,), (last, cadence, days, zone)


def test_stamps_are_read_in_the_zone_of_their_source(warehouse: Any) -> None:
    add_row(warehouse, SOURCE, "2026-11-20 01:10", "2026-11-19")  # 20:10 in Lima, by a clock in UTC
    row = status(warehouse, SOURCE, "2026-11-19 20:15")
    assert (row.health_status, row.rows_dated_ahead) == ("YELLOW_STAMPS_AHEAD", 1)

    set_limits(warehouse, source_zones=json.dumps({SOURCE: "UTC"}))

    row = status(warehouse, SOURCE, "2026-11-19 20:15")
    assert (row.health_status, row.ingestion_lag_interval) == ("GREEN_OK", timedelta(minutes=5))
    assert (row.rows_ingested_today, row.rows_dated_ahead) == (1, 0)
    assert local(row.due_at, "America/Lima") == datetime(2026, 11, 20, 20, 10)  # noqa: DTZ001
    assert status(warehouse, SOURCE, "2026-11-20 23:11").health_status == "YELLOW_INGESTION_1D"
    assert warehouse.execute(
        "select metric_date::text from ops.v_data_ingestion_daily_at('2026-11-20 20:15-05')"
        " where source_name = %s and metric_type = 'ingestion'",
        [SOURCE],
    ).fetchall() == [("2026-11-19",)]


def test_a_zone_that_is_set_later_holds_for_rows_that_were_counted_already(warehouse: Any) -> None:
    set_limits(warehouse, live_count_bytes=-1)
    add_row(warehouse, SOURCE, "2026-11-20 01:10")
    warehouse.execute("select pg_stat_force_next_flush()")
    warehouse.execute("select ops.refresh_source_counts()")
    set_limits(warehouse, source_zones=json.dumps({SOURCE: "UTC"}))

    assert status(warehouse, SOURCE, "2026-11-19 20:15").ingestion_lag_interval == timedelta(minutes=5)
    warehouse.execute("select ops.refresh_source_counts()")
    assert warehouse.execute(
        "select day::text from ops.source_days where source_name = %s and metric_type = 'ingestion'", [SOURCE]
    ).fetchall() == [("2026-11-19",)]


def test_rows_that_were_ahead_when_they_were_counted_have_come_when_their_hour_comes(warehouse: Any) -> None:
    set_limits(warehouse, live_count_bytes=-1, timezone="UTC")
    warehouse.execute(
        "insert into public.module_ct_scouting_daily (id, registration_date, created_at)"
        " select n, current_date, (now() at time zone 'UTC') + make_interval(hours => n - 1) - interval '1 minute'"
        " from generate_series(1, 4) as n"
    )
    warehouse.execute("select pg_stat_force_next_flush()")
    warehouse.execute("select ops.refresh_source_counts()")
    ahead = [
        warehouse.execute(
            "select rows_dated_ahead, ingestion_lag_interval < interval '1 hour'"
            " from ops.v_data_health_status_at(now() + make_interval(hours => %s)) where source_name = %s",
            [passed, SOURCE],
        ).fetchone()
        for passed in range(4)
    ]
    assert ahead == [(3, True), (2, True), (1, True), (0, True)]


def test_settings_of_single_sources_are_read_and_reach_the_catalogue(
    warehouse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from control_tower.monitoring import limits

    monkeypatch.setenv("CONTROL_TOWER_SOURCE_ZONES", "drivers=UTC, module_ct_scouting_daily=America/Bogota")
    monkeypatch.setenv("CONTROL_TOWER_SOURCE_WEEKDAYS", "drivers=Mon-Fri,summary_daily=sat-mon+wed,lead_events=sun")
    monkeypatch.setenv("CONTROL_TOWER_SOURCE_OWN_GRACE_HOURS", "drivers=18")
    settings = Settings()
    assert settings.source_weekdays == {
        "drivers": (1, 2, 3, 4, 5), "summary_daily": (1, 3, 6, 7), "lead_events": (7,)
    }  # fmt: skip

    assert limits.write_limits(warehouse, settings) is True
    assert limits.write_limits(warehouse, settings) is False
    rows = warehouse.execute(
        "select source_name, grace, stamp_zone, weekdays from ops.v_data_sources_catalog"
        " where source_name in ('drivers', 'summary_daily') order by 1"
    ).fetchall()
    assert rows == [
        ("drivers", 18 * HOUR, "UTC", [1, 2, 3, 4, 5]),
        ("summary_daily", 3 * HOUR, "America/Lima", [1, 3, 6, 7]),
    ]


@pytest.mark.parametrize(
    ("variable", "wrong"),
    [
        ("SOURCE_ZONES", "drivers=Mars/Olympus"),
        ("SOURCE_ZONES", "drivers"),
        ("SOURCE_ZONES", "driver=UTC"),
        ("SOURCE_WEEKDAYS", "drivers=monday"),
        ("SOURCE_WEEKDAYS", "drivers=mon-"),
        ("SOURCE_WEEKDAYS", "drivers=mon-fri-sun"),
        ("SOURCE_WEEKDAYS", "drivers="),
        ("SOURCE_OWN_GRACE_HOURS", "drivers=19"),
        ("SOURCE_OWN_GRACE_HOURS", "drivers=-1"),
    ],
)
def test_a_calendar_or_zone_that_means_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, wrong: str
) -> None:
    monkeypatch.setenv(f"CONTROL_TOWER_{variable}", wrong)

    with pytest.raises(ValueError, match=variable.lower()):
        Settings()
