"""The state of each pipeline, exactly on, just below and just above each limit. Ages are counted back from MOMENT."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.rows import namedtuple_row

from tests.monitoring.source_rows import set_limits
from tests.pipeline import attribute, ingest

MOMENT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
NEWS = {"records_read": {"module_ct_cabinet_leads": 1}}
NO_NEWS: dict[str, Any] = {"records_read": {}}
IDENTITY, ATTRIBUTION = "identity_run", "scout_attribution_refresh"
DAGS = {IDENTITY: "identity_ingestion", ATTRIBUTION: "scout_attribution_refresh"}


def add_run(
    warehouse: psycopg.Connection[Any],
    job_type: str,
    status: str,
    *,
    ended: timedelta | None = None,
    started: timedelta | None = None,
    stats: dict[str, Any] | None = NEWS,
) -> int:
    """A run that ended, and started, so long before MOMENT; it starts when it ends if not said otherwise."""
    started = started if started is not None else ended
    assert started is not None
    (row,) = warehouse.execute(
        "insert into ops.ingestion_runs (job_type, status, started_at, completed_at, stats, error_message)"
        " values (%s, %s, %s, %s, %s, %s) returning id",
        [
            job_type,
            status,
            MOMENT - started,
            None if ended is None else MOMENT - ended,
            None if stats is None else json.dumps(stats),
            "the disk is full" if status == "FAILED" else None,
        ],
    ).fetchall()
    return int(row[0])


def health(warehouse: psycopg.Connection[Any], job_type: str, moment: datetime = MOMENT) -> Any:
    """The row of `ops.v_pipeline_health` at a moment."""
    with warehouse.cursor(row_factory=namedtuple_row) as cursor:
        cursor.execute("select * from ops.v_pipeline_health_at(%s) where job_type = %s", [moment, job_type])
        (row,) = cursor.fetchall()
    return row


def pause(warehouse: psycopg.Connection[Any], job_type: str, is_paused: bool | None) -> None:
    """What Airflow said of the pipeline's DAG."""
    warehouse.execute(
        "insert into ops.dag_observations (dag_id, is_paused, observed_at) values (%s, %s, %s)"
        " on conflict (dag_id) do update set is_paused = excluded.is_paused",
        [DAGS[job_type], is_paused, MOMENT],
    )


def expect(warehouse: psycopg.Connection[Any], job_type: str, cases: Iterable[tuple[timedelta, str]]) -> None:
    """One completed run, seen at several ages."""
    add_run(warehouse, job_type, "COMPLETED", ended=timedelta(0))
    for age, state in cases:
        row = health(warehouse, job_type, MOMENT + age)
        assert (row.state, row.age) == (state, age), age
        assert row.states == ([] if state == "OK" else [state])
        assert row.severity == ("OK" if state == "OK" else state.split("_")[0])


def test_identity_grows_stale_after_a_day_and_after_two(warehouse: Any) -> None:
    expect(
        warehouse,
        IDENTITY,
        [
            (timedelta(0), "OK"),
            (24 * HOUR - MICROSECOND, "OK"),
            (24 * HOUR, "OK"),
            (24 * HOUR + MICROSECOND, "YELLOW_INGESTION_STALE"),
            (48 * HOUR - MICROSECOND, "YELLOW_INGESTION_STALE"),
            (48 * HOUR, "YELLOW_INGESTION_STALE"),
            (48 * HOUR + MICROSECOND, "RED_INGESTION_STALE"),
            (400 * 24 * HOUR, "RED_INGESTION_STALE"),
        ],
    )


def test_attribution_grows_stale_half_an_hour_late_and_after_a_day(warehouse: Any) -> None:
    expect(
        warehouse,
        ATTRIBUTION,
        [
            (timedelta(0), "OK"),
            (4.5 * HOUR - MICROSECOND, "OK"),
            (4.5 * HOUR, "OK"),
            (4.5 * HOUR + MICROSECOND, "YELLOW_ATTRIBUTION_STALE"),
            (24 * HOUR, "YELLOW_ATTRIBUTION_STALE"),
            (24 * HOUR + MICROSECOND, "RED_ATTRIBUTION_STALE"),
        ],
    )


def test_a_pipeline_that_never_ran_is_red(warehouse: Any) -> None:
    for job_type, state in ((IDENTITY, "RED_NO_INGESTION"), (ATTRIBUTION, "RED_NO_ATTRIBUTION")):
        row = health(warehouse, job_type)
        assert (row.severity, row.state, row.states) == ("RED", state, [state])
        assert (row.age, row.last_completed_at, row.last_run_id, row.last_run_status) == (None, None, None, None)


def test_the_first_run_changes_nothing_until_it_completes(warehouse: Any) -> None:
    run_id = add_run(warehouse, IDENTITY, "RUNNING", started=HOUR)

    row = health(warehouse, IDENTITY)

    assert (row.state, row.last_run_id, row.last_run_status) == ("RED_NO_INGESTION", run_id, "RUNNING")
    assert row.running_since == MOMENT - HOUR


def test_a_first_run_that_failed_is_told_beside_the_missing_one(warehouse: Any) -> None:
    add_run(warehouse, ATTRIBUTION, "FAILED", ended=HOUR)

    assert health(warehouse, ATTRIBUTION).states == ["RED_NO_ATTRIBUTION", "RED_RUN_FAILED"]


@pytest.mark.parametrize("job_type", DAGS)
def test_a_failed_run_is_red_until_one_completes(warehouse: Any, job_type: str) -> None:
    add_run(warehouse, job_type, "COMPLETED", ended=4 * HOUR)
    assert health(warehouse, job_type).state == "OK"

    failed = add_run(warehouse, job_type, "FAILED", ended=2 * HOUR)
    row = health(warehouse, job_type)
    assert (row.state, row.last_run_id, row.last_run_status) == ("RED_RUN_FAILED", failed, "FAILED")
    assert (row.last_run_error, row.last_completed_at) == ("the disk is full", MOMENT - 4 * HOUR)

    running = add_run(warehouse, job_type, "RUNNING", started=HOUR)
    row = health(warehouse, job_type)
    assert row.state == "RED_RUN_FAILED", "the next run has mended nothing yet"
    assert (row.last_run_id, row.last_run_status, row.last_run_error) == (running, "RUNNING", "the disk is full")

    warehouse.execute(
        "update ops.ingestion_runs set status = 'COMPLETED', completed_at = %s where id = %s", [MOMENT, running]
    )
    row = health(warehouse, job_type)
    assert (row.state, row.last_run_error, row.running_since) == ("OK", None, None)


@pytest.mark.parametrize("job_type", DAGS)
def test_a_run_that_takes_longer_than_the_setting_is_stuck(warehouse: Any, job_type: str) -> None:
    add_run(warehouse, job_type, "COMPLETED", ended=3 * HOUR)
    add_run(warehouse, job_type, "RUNNING", started=2 * HOUR)

    assert health(warehouse, job_type, MOMENT - MICROSECOND).state == "OK"
    assert health(warehouse, job_type).state == "OK"
    row = health(warehouse, job_type, MOMENT + MICROSECOND)
    assert (row.severity, row.state) == ("YELLOW", "YELLOW_RUN_STUCK")

    set_limits(warehouse, stuck_after_minutes=121)
    assert health(warehouse, job_type, MOMENT + MICROSECOND).state == "OK"


def test_a_run_that_an_older_program_left_running_is_not_the_one_that_is_stuck(warehouse: Any) -> None:
    add_run(warehouse, IDENTITY, "RUNNING", started=4000 * HOUR)
    add_run(warehouse, IDENTITY, "COMPLETED", ended=HOUR)

    assert health(warehouse, IDENTITY).state == "OK"


@pytest.mark.parametrize("job_type", DAGS)
def test_a_paused_dag_is_yellow_and_an_unknown_one_is_not_told_as_running(warehouse: Any, job_type: str) -> None:
    add_run(warehouse, job_type, "COMPLETED", ended=HOUR)
    assert (health(warehouse, job_type).state, health(warehouse, job_type).is_paused) == ("OK", None)

    for is_paused, state in ((True, "YELLOW_DAG_PAUSED"), (False, "OK"), (None, "OK")):
        pause(warehouse, job_type, is_paused)
        row = health(warehouse, job_type)
        assert (row.state, row.is_paused) == (state, is_paused)


def test_that_a_dag_is_not_paused_is_believed_for_an_hour_and_that_it_is_until_airflow_says_otherwise(
    warehouse: Any,
) -> None:
    add_run(warehouse, IDENTITY, "COMPLETED", ended=-HOUR, started=-HOUR)
    for is_paused, later, found in (
        (False, HOUR, False),
        (False, HOUR + MICROSECOND, None),
        (True, HOUR, True),
        (True, 24 * HOUR, True),
    ):
        pause(warehouse, IDENTITY, is_paused)
        row = health(warehouse, IDENTITY, MOMENT + later)
        assert (row.is_paused, row.state) == (found, "YELLOW_DAG_PAUSED" if found else "OK")


def test_the_pipelines_are_judged_apart(warehouse: Any) -> None:
    add_run(warehouse, IDENTITY, "COMPLETED", ended=HOUR)
    add_run(warehouse, ATTRIBUTION, "FAILED", ended=HOUR)
    pause(warehouse, ATTRIBUTION, True)

    assert health(warehouse, IDENTITY).states == []
    assert health(warehouse, ATTRIBUTION).states == ["RED_NO_ATTRIBUTION", "RED_RUN_FAILED", "YELLOW_DAG_PAUSED"]


def test_all_that_holds_is_listed_and_the_worst_comes_first(warehouse: Any) -> None:
    add_run(warehouse, IDENTITY, "COMPLETED", ended=50 * HOUR)
    add_run(warehouse, IDENTITY, "FAILED", ended=20 * HOUR)
    add_run(warehouse, IDENTITY, "RUNNING", started=3 * HOUR)
    pause(warehouse, IDENTITY, True)

    row = health(warehouse, IDENTITY)

    assert row.states == ["RED_INGESTION_STALE", "RED_RUN_FAILED", "YELLOW_RUN_STUCK", "YELLOW_DAG_PAUSED"]
    assert (row.severity, row.state) == ("RED", "RED_INGESTION_STALE")


def test_a_clock_that_is_ahead_makes_no_age_negative_and_nothing_good_for_ever(warehouse: Any) -> None:
    cases = [
        # ended, started: so long before MOMENT; what it counts as
        (-10 * timedelta(minutes=1), HOUR, HOUR),
        (-HOUR, -HOUR, timedelta(0)),
        (-HOUR - MICROSECOND, -HOUR, None),
        (-70 * 365 * 24 * HOUR, 5 * HOUR, 5 * HOUR),
        (-70 * 365 * 24 * HOUR, -70 * 365 * 24 * HOUR, None),
    ]
    for ended, started, age in cases:
        with warehouse.transaction(force_rollback=True):
            add_run(warehouse, IDENTITY, "COMPLETED", ended=ended, started=started)
            row = health(warehouse, IDENTITY)
            assert row.age == age, (ended, started)
            assert row.state == ("RED_NO_INGESTION" if age is None else "OK")


def test_one_run_of_the_future_does_not_hide_those_that_count(warehouse: Any) -> None:
    add_run(warehouse, IDENTITY, "COMPLETED", ended=-70 * 365 * 24 * HOUR, started=60 * HOUR)
    add_run(warehouse, IDENTITY, "COMPLETED", ended=30 * HOUR)

    row = health(warehouse, IDENTITY)

    assert (row.state, row.age) == ("YELLOW_INGESTION_STALE", 30 * HOUR)


@pytest.mark.parametrize(
    ("ahead", "state"), [(HOUR, "OK"), (HOUR + MICROSECOND, "RED_RUN_FAILED"), (70 * 365 * 24 * HOUR, "RED_RUN_FAILED")]
)
def test_a_run_that_starts_further_ahead_than_clocks_differ_hides_no_failure(
    warehouse: Any, ahead: timedelta, state: str
) -> None:
    add_run(warehouse, IDENTITY, "COMPLETED", ended=2 * HOUR)
    future = add_run(warehouse, IDENTITY, "COMPLETED", ended=-ahead)
    failed = add_run(warehouse, IDENTITY, "FAILED", ended=HOUR)

    row = health(warehouse, IDENTITY)

    assert row.state == state
    assert row.last_run_id == (future if state == "OK" else failed)


def test_a_run_of_the_future_is_no_new_data(warehouse: Any) -> None:
    for hours in (80, 20, 1):
        add_run(warehouse, IDENTITY, "COMPLETED", ended=hours * HOUR, stats=NO_NEWS)
    for ahead, state in ((HOUR + MICROSECOND, "YELLOW_NO_NEW_DATA"), (HOUR, "OK")):
        add_run(warehouse, IDENTITY, "COMPLETED", ended=-ahead, stats=NEWS)
        assert health(warehouse, IDENTITY).state == state, ahead


def test_runs_that_bring_nothing_for_three_days_are_yellow(warehouse: Any) -> None:
    add_run(warehouse, IDENTITY, "COMPLETED", ended=80 * HOUR, stats=NO_NEWS)
    add_run(warehouse, IDENTITY, "COMPLETED", ended=72 * HOUR, stats=NEWS)
    for hours in range(66, -1, -6):
        add_run(warehouse, IDENTITY, "COMPLETED", ended=hours * HOUR, stats=NO_NEWS)

    assert health(warehouse, IDENTITY, MOMENT - MICROSECOND).state == "OK"
    assert health(warehouse, IDENTITY).state == "OK"
    row = health(warehouse, IDENTITY, MOMENT + MICROSECOND)
    assert (row.severity, row.state) == ("YELLOW", "YELLOW_NO_NEW_DATA")

    set_limits(warehouse, no_new_data_days=4)
    assert health(warehouse, IDENTITY, MOMENT + MICROSECOND).state == "OK"


def test_one_new_record_is_new_data(warehouse: Any) -> None:
    add_run(warehouse, IDENTITY, "COMPLETED", ended=100 * HOUR, stats=NO_NEWS)
    add_run(warehouse, IDENTITY, "COMPLETED", ended=HOUR, stats=NO_NEWS)
    assert health(warehouse, IDENTITY).state == "YELLOW_NO_NEW_DATA"

    add_run(warehouse, IDENTITY, "COMPLETED", ended=HOUR, stats={"records_read": {"a": 0, "b": 1}})

    assert health(warehouse, IDENTITY).state == "OK"


def test_a_young_installation_is_given_its_three_days(warehouse: Any) -> None:
    for hours in (72, 48, 24, 1):
        add_run(warehouse, IDENTITY, "COMPLETED", ended=hours * HOUR, stats=NO_NEWS)

    assert health(warehouse, IDENTITY).state == "OK"


def test_runs_of_older_programs_do_not_say_what_they_read_and_are_believed(warehouse: Any) -> None:
    add_run(warehouse, IDENTITY, "COMPLETED", ended=100 * HOUR, stats=None)
    add_run(warehouse, IDENTITY, "COMPLETED", ended=HOUR, stats={"matched": 0})

    assert health(warehouse, IDENTITY).state == "OK"


def test_attribution_may_have_nothing_to_do(warehouse: Any) -> None:
    for hours in (100, 50, 1):
        add_run(warehouse, ATTRIBUTION, "COMPLETED", ended=hours * HOUR, stats=NO_NEWS)

    assert health(warehouse, ATTRIBUTION).state == "OK"


def test_real_runs_are_seen_by_the_view(warehouse: Any) -> None:
    def states() -> dict[str, Any]:
        rows = warehouse.execute("select job_type, state, last_run_id, last_run_status from ops.v_pipeline_health")
        return {row[0]: row[1:] for row in rows}

    warehouse.execute("insert into public.module_ct_scouting_daily (id, registration_date) values (1, '2026-11-01')")
    first, refresh = ingest(), attribute()
    assert states() == {IDENTITY: ("OK", first, "COMPLETED"), ATTRIBUTION: ("OK", refresh, "COMPLETED")}

    warehouse.execute("update ops.ingestion_runs set completed_at = completed_at - interval '100 hours'")
    second = ingest()
    assert states() == {
        IDENTITY: ("YELLOW_NO_NEW_DATA", second, "COMPLETED"),
        ATTRIBUTION: ("RED_ATTRIBUTION_STALE", refresh, "COMPLETED"),
    }

    warehouse.execute("insert into public.module_ct_scouting_daily (id, registration_date) values (2, '2026-11-02')")
    third = ingest()
    assert states()[IDENTITY] == ("OK", third, "COMPLETED")


def test_ages_are_hours_and_not_days_of_the_calendar(warehouse: Any) -> None:
    set_limits(warehouse, timezone="America/Santiago")
    # The clocks go forward on 2026-09-06 and back on 2026-04-05, both at midnight.
    for completed in (datetime(2026, 9, 5, 15, tzinfo=UTC), datetime(2026, 4, 4, 15, tzinfo=UTC)):
        for session_zone in ("America/Santiago", "UTC"):
            with warehouse.transaction(force_rollback=True):
                warehouse.execute("select set_config('timezone', %s, true)", [session_zone])
                add_run(warehouse, IDENTITY, "COMPLETED", ended=MOMENT - completed)
                for age, state in (
                    (24 * HOUR, "OK"),
                    (24 * HOUR + MICROSECOND, "YELLOW_INGESTION_STALE"),
                    (48 * HOUR, "YELLOW_INGESTION_STALE"),
                    (48 * HOUR + MICROSECOND, "RED_INGESTION_STALE"),
                ):
                    assert health(warehouse, IDENTITY, completed + age).state == state, (completed, age)
