"""The state of each source, exactly on, just below and just above each limit. A load comes at 03:00 unless said."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.monitoring.source_rows import INSERTS, add_row, set_limits, status

LOADED = datetime(2026, 3, 10, 3, 0)  # noqa: DTZ001  local clock
MICROSECOND = timedelta(microseconds=1)
DAILY = ["module_ct_scouting_daily", "module_ct_migrations", "lead_events", "module_ct_cabinet_payments",
         "yango_payment_ledger", "module_ct_cabinet_leads"]  # fmt: skip


def test_a_source_whose_load_came_today_is_green(warehouse: Any) -> None:
    for source in INSERTS:
        add_row(warehouse, source, LOADED)

    for source in INSERTS:
        row = status(warehouse, source, LOADED + timedelta(hours=20, minutes=59))
        assert (row.health_status, row.severity, row.states) == ("GREEN_OK", "OK", []), source


DAILY_LOAD = [
    (timedelta(hours=18), "GREEN_OK", []),
    (timedelta(hours=20, minutes=59), "GREEN_OK", []),
    (timedelta(hours=21), "GREEN_OK", []),  # midnight: today has no row yet
    (timedelta(hours=24), "GREEN_OK", []),  # due
    (timedelta(hours=27), "GREEN_OK", []),  # the grace is over
    (timedelta(hours=27) + MICROSECOND, "YELLOW_INGESTION_1D", ["YELLOW_INGESTION_1D"]),
    (timedelta(hours=42), "YELLOW_INGESTION_1D", ["YELLOW_INGESTION_1D"]),
    (timedelta(hours=42) + MICROSECOND, "RED_INGESTION_STALE", ["RED_INGESTION_STALE", "YELLOW_INGESTION_1D"]),
    (timedelta(hours=45), "RED_INGESTION_STALE", ["RED_INGESTION_STALE", "YELLOW_INGESTION_1D"]),  # midnight
    (timedelta(hours=48), "RED_INGESTION_STALE", ["RED_INGESTION_STALE", "YELLOW_INGESTION_1D"]),
    (
        timedelta(hours=48) + MICROSECOND,  # the next load is due, too
        "RED_NO_INGESTION_2D",
        ["RED_NO_INGESTION_2D", "RED_INGESTION_STALE", "YELLOW_INGESTION_1D", "YELLOW_BUSINESS_LAG"],
    ),
    (
        timedelta(days=400),
        "RED_NO_INGESTION_2D",
        ["RED_NO_INGESTION_2D", "RED_INGESTION_STALE", "YELLOW_INGESTION_1D", "YELLOW_BUSINESS_LAG"],
    ),
]


@pytest.mark.parametrize("source", DAILY)
def test_a_daily_load_turns_yellow_then_red_when_it_stays_away(warehouse: Any, source: str) -> None:
    add_row(warehouse, source, LOADED)

    for lag, expected, holding in DAILY_LOAD:
        row = status(warehouse, source, LOADED + lag)

        assert (row.health_status, row.states) == (expected, holding), lag
        assert row.severity == {"G": "OK", "Y": "YELLOW", "R": "RED"}[expected[0]]
        assert row.ingestion_lag_interval == lag
        assert (row.expected_cadence, row.due_at - row.max_ingestion_ts) == (timedelta(hours=24), timedelta(hours=24))


def test_activity_of_the_day_before_is_no_lag_until_its_load_is_late(warehouse: Any) -> None:
    add_row(warehouse, "summary_daily", LOADED, LOADED.date() - timedelta(days=1))

    for lag, expected in [
        (timedelta(hours=20, minutes=59), "GREEN_OK"),
        (timedelta(hours=21), "GREEN_OK"),  # two days behind until the load comes, as every night
        (timedelta(hours=27), "GREEN_OK"),
        (timedelta(hours=27) + MICROSECOND, "YELLOW_BUSINESS_LAG"),
        (timedelta(hours=42), "YELLOW_BUSINESS_LAG"),
        (timedelta(hours=42) + MICROSECOND, "RED_INGESTION_STALE"),
        (timedelta(hours=48), "RED_INGESTION_STALE"),
        (timedelta(hours=48) + MICROSECOND, "RED_NO_INGESTION_2D"),
    ]:
        assert status(warehouse, "summary_daily", LOADED + lag).health_status == expected, lag


@pytest.mark.parametrize("source", ["summary_daily", *DAILY])
def test_rows_of_today_that_tell_of_two_days_ago_are_a_lag(warehouse: Any, source: str) -> None:
    for days_behind, expected in [(2, "YELLOW_BUSINESS_LAG"), (1, "GREEN_OK"), (0, "GREEN_OK")]:
        add_row(warehouse, source, LOADED, LOADED.date() - timedelta(days=days_behind))

        row = status(warehouse, source, LOADED)

        assert (row.health_status, row.business_days_lag) == (expected, days_behind)


@pytest.mark.parametrize("source", ["drivers", "ingestion_runs"])
def test_a_master_is_not_green_for_ever(warehouse: Any, source: str) -> None:
    add_row(warehouse, source, LOADED)

    for lag, expected in [
        (timedelta(hours=27), "GREEN_OK"),
        (timedelta(hours=27) + MICROSECOND, "YELLOW_INGESTION_1D"),
        (timedelta(hours=42) + MICROSECOND, "RED_INGESTION_STALE"),
        (timedelta(days=400), "RED_INGESTION_STALE"),
    ]:
        assert status(warehouse, source, LOADED + lag).health_status == expected, lag


def test_the_list_of_scouts_may_rest_for_a_month(warehouse: Any) -> None:
    add_row(warehouse, "module_ct_scouts_list", LOADED)

    for lag, expected in [
        (timedelta(days=30, hours=3), "GREEN_OK"),
        (timedelta(days=30, hours=3) + MICROSECOND, "YELLOW_INGESTION_1D"),
        (timedelta(days=30, hours=18) + MICROSECOND, "RED_INGESTION_STALE"),
    ]:
        assert status(warehouse, "module_ct_scouts_list", LOADED + lag).health_status == expected, lag


def test_a_weekly_source_has_its_own_limits(warehouse: Any) -> None:
    set_limits(warehouse, source_cadence_hours=json.dumps({"module_ct_cabinet_payments": 168}))
    add_row(warehouse, "module_ct_cabinet_payments", LOADED, LOADED.date() - timedelta(days=7))

    for lag, expected in [
        (timedelta(days=7, hours=3), "GREEN_OK"),
        (timedelta(days=7, hours=3) + MICROSECOND, "YELLOW_INGESTION_1D"),
        (timedelta(days=7, hours=18), "YELLOW_INGESTION_1D"),
        (timedelta(days=7, hours=18) + MICROSECOND, "RED_INGESTION_STALE"),
        (timedelta(days=14), "RED_INGESTION_STALE"),
        (timedelta(days=14) + MICROSECOND, "RED_NO_INGESTION_2D"),
    ]:
        assert status(warehouse, "module_ct_cabinet_payments", LOADED + lag).health_status == expected, lag


def test_a_source_that_is_loaded_every_six_hours_is_stale_after_a_day(warehouse: Any) -> None:
    set_limits(warehouse, source_cadence_hours=json.dumps({"drivers": 6}), source_grace_hours=18)
    add_row(warehouse, "drivers", LOADED)

    for lag, expected in [
        (timedelta(hours=24), "GREEN_OK"),
        (timedelta(hours=24) + MICROSECOND, "RED_INGESTION_STALE"),
    ]:
        assert status(warehouse, "drivers", LOADED + lag).health_status == expected, lag


def test_a_source_that_nobody_expects_is_not_watched(warehouse: Any) -> None:
    set_limits(warehouse, source_cadence_hours=json.dumps({"yango_payment_ledger": 0}))
    add_row(warehouse, "yango_payment_ledger", LOADED)

    row = status(warehouse, "yango_payment_ledger", LOADED + timedelta(days=400))

    assert (row.health_status, row.severity, row.due_at) == ("UNKNOWN", "UNKNOWN", None)


def test_a_source_without_a_row_says_so(warehouse: Any) -> None:
    for source in INSERTS:
        row = status(warehouse, source, LOADED)
        is_optional = source in ("module_ct_cabinet_leads", "module_ct_scout_drivers", "module_ct_scouts_list")
        assert row.is_optional == is_optional, source
        expected = ("UNKNOWN", "UNKNOWN") if is_optional else ("RED_NO_DATA", "RED")
        assert (row.health_status, row.severity) == expected, source
        assert (row.total_rows, row.max_ingestion_ts, row.max_business_date) == (0, None, None)


def test_an_optional_source_that_had_rows_and_lost_them_is_red(warehouse: Any) -> None:
    add_row(warehouse, "module_ct_cabinet_leads", LOADED)
    warehouse.execute("select ops.refresh_source_counts()")
    warehouse.execute("truncate public.module_ct_cabinet_leads")

    row = status(warehouse, "module_ct_cabinet_leads", LOADED)
    assert (row.health_status, row.states) == ("RED_SOURCE_EMPTIED", ["RED_SOURCE_EMPTIED", "RED_NO_DATA"])


def test_rows_that_do_not_say_when_they_came_are_not_green(warehouse: Any) -> None:
    warehouse.execute("insert into public.drivers (driver_id) values ('D1')")
    warehouse.execute("insert into public.module_ct_scouts_list (scout_id, created_at) values (1, null)")
    warehouse.execute("insert into public.module_ct_cabinet_payments (date, created_at) values ('2026-03-10', null)")

    assert status(warehouse, "drivers", LOADED).health_status == "RED_NO_DATA"
    assert status(warehouse, "module_ct_scouts_list", LOADED).health_status == "UNKNOWN"
    assert status(warehouse, "module_ct_cabinet_payments", LOADED).health_status == "RED_NO_INGESTION_2D"


def test_rubbish_dates_are_counted_and_never_fail_the_view(warehouse: Any) -> None:
    for written in ("10-03-2026", "2026-03-09", "31-02-2026", "ayer", "", None):
        warehouse.execute(
            "insert into public.summary_daily (driver_id, date_file, created_at) values ('D1', %s, %s)",
            [written, LOADED],
        )
    for day in ("infinity", "-infinity", "0202-03-10"):
        add_row(warehouse, "module_ct_scouting_daily", LOADED, day)

    trips = status(warehouse, "summary_daily", LOADED)
    assert (trips.health_status, trips.rubbish_count, trips.total_rows) == ("GREEN_OK", 4, 6)
    assert (trips.rows_business_today, trips.rows_business_yesterday, trips.rows_ingested_today) == (1, 1, 6)
    scouting = status(warehouse, "module_ct_scouting_daily", LOADED)
    assert (scouting.rubbish_count, scouting.max_business_date) == (3, None)
    assert scouting.health_status == "YELLOW_BUSINESS_LAG", "no row tells of a day"


def test_one_row_of_the_far_future_does_not_keep_a_source_fresh(warehouse: Any) -> None:
    add_row(warehouse, "module_ct_scouting_daily", LOADED)
    for came in ("2099-01-01 00:00", "infinity"):
        add_row(warehouse, "module_ct_scouting_daily", came, "2099-01-01")

    row = status(warehouse, "module_ct_scouting_daily", LOADED + timedelta(days=3))

    assert row.health_status == "RED_NO_INGESTION_2D"
    assert (row.max_business_date, row.business_days_lag) == (LOADED.date(), 3)
    assert row.rows_dated_ahead == 1, "infinity is no date at all"


def test_a_loader_whose_clock_is_a_little_ahead_has_just_loaded(warehouse: Any) -> None:
    for source in INSERTS:
        add_row(warehouse, source, LOADED + timedelta(minutes=10), LOADED.date())

    for source in INSERTS:
        row = status(warehouse, source, LOADED)
        assert (row.health_status, row.ingestion_lag_interval) == ("GREEN_OK", timedelta(0)), source
        assert row.rows_dated_ahead == 0


@pytest.mark.parametrize("ahead", [timedelta(minutes=10, microseconds=1), timedelta(hours=5), timedelta(days=2)])
def test_rows_of_a_clock_that_is_ahead_are_told_and_make_no_source_younger(warehouse: Any, ahead: timedelta) -> None:
    for source in INSERTS:
        add_row(warehouse, source, LOADED, LOADED.date())
        add_row(warehouse, source, LOADED + timedelta(hours=20) + ahead, LOADED.date())

    for source in INSERTS:
        row = status(warehouse, source, LOADED + timedelta(hours=20))
        assert (row.health_status, row.rows_dated_ahead) == ("YELLOW_STAMPS_AHEAD", 1), source
        assert row.ingestion_lag_interval == timedelta(hours=20), source
    late = status(warehouse, "module_ct_scouting_daily", LOADED + timedelta(hours=20) + ahead - timedelta(minutes=11))
    assert late.ingestion_lag_interval == timedelta(hours=20) + ahead - timedelta(minutes=11)


def test_nobody_says_how_late_a_source_is_whose_stamps_are_all_ahead(warehouse: Any) -> None:
    for source in INSERTS:
        add_row(warehouse, source, LOADED + timedelta(hours=5), LOADED.date())

    for source in INSERTS:
        row = status(warehouse, source, LOADED)
        assert (row.states, row.ingestion_lag_interval) == (["YELLOW_STAMPS_AHEAD"], None), source


def test_a_worse_state_is_never_hidden_by_a_better_one(warehouse: Any) -> None:
    add_row(warehouse, "module_ct_scouting_daily", LOADED, LOADED.date() - timedelta(days=5))

    row = status(warehouse, "module_ct_scouting_daily", LOADED + timedelta(hours=43))

    assert row.health_status == "RED_INGESTION_STALE"
    assert row.states == ["RED_INGESTION_STALE", "YELLOW_INGESTION_1D", "YELLOW_BUSINESS_LAG"]
