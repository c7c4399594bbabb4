"""The quality of scout attribution, exactly on, just below and just above each limit."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import psycopg
import pytest
from psycopg.rows import namedtuple_row

from tests.monitoring.test_pipeline_states import ATTRIBUTION, MOMENT, add_run, pause
from tests.pipeline import attribute, ingest

MICROSECOND = timedelta(microseconds=1)


def add_persons(warehouse: psycopg.Connection[Any], total: int, with_scout: int, conflicts: int = 0) -> None:
    """Persons, of whom the first ones have a scout in the ledger; conflicts stand among the others, from the end."""
    warehouse.execute(
        "with persons as ("
        "    insert into canon.identity_registry (person_key, confidence_level)"
        "    select gen_random_uuid(), 'HIGH' from generate_series(1, %(total)s) returning person_key"
        "), numbered as (select person_key, row_number() over () as number from persons)"
        " insert into observational.lead_ledger"
        " (person_key, attributed_scout_id, attribution_score, confidence_level, decision_status)"
        " select person_key, case when number <= %(with_scout)s then 7 end, 0, 'low',"
        " (case when number > %(total)s - %(conflicts)s then 'conflict' else 'assigned' end)::decisionstatus"
        " from numbered",
        {"total": total, "with_scout": with_scout, "conflicts": conflicts},
    )


def quality(warehouse: psycopg.Connection[Any], moment: datetime = MOMENT) -> Any:
    """The one row of `ops.v_scout_attribution_health` at a moment."""
    with warehouse.cursor(row_factory=namedtuple_row) as cursor:
        cursor.execute("select * from ops.v_scout_attribution_health_at(%s)", [moment])
        (row,) = cursor.fetchall()
    return row


@pytest.fixture
def healthy_job(warehouse: Any) -> None:
    add_run(warehouse, ATTRIBUTION, "COMPLETED", ended=timedelta(hours=1))


def test_the_share_of_satisfactory_scouts_decides(warehouse: Any, healthy_job: None) -> None:
    add_persons(warehouse, 20_000, 20_000)

    for with_scout, state, reasons in [
        (20_000, "OK", []),
        (16_001, "OK", []),
        (16_000, "OK", []),  # exactly on the limit is still the better state
        (15_999, "WARN", ["SATISFACTORY_BELOW_80"]),  # 80.00 % when rounded
        (10_001, "WARN", ["SATISFACTORY_BELOW_80"]),
        (10_000, "WARN", ["SATISFACTORY_BELOW_80"]),
        (9_999, "FAIL", ["SATISFACTORY_BELOW_50"]),
        (0, "FAIL", ["SATISFACTORY_BELOW_50"]),
    ]:
        warehouse.execute(
            "update observational.lead_ledger set attributed_scout_id = null where person_key in ("
            " select person_key from observational.lead_ledger where attributed_scout_id is not null offset %s)",
            [with_scout],
        )
        row = quality(warehouse)
        assert (row.state, row.reasons, row.persons_with_scout_satisfactory) == (state, reasons, with_scout)
        assert row.pct_scout_satisfactory == Decimal(with_scout * 5).scaleb(-3).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_the_number_of_open_conflicts_decides(warehouse: Any, healthy_job: None) -> None:
    for conflicts, state, reasons in [
        (0, "OK", []),
        (49, "OK", []),
        (50, "OK", []),
        (51, "WARN", ["CONFLICTS_OVER_50"]),
        (100, "WARN", ["CONFLICTS_OVER_50"]),
        (101, "FAIL", ["CONFLICTS_OVER_100"]),
    ]:
        with warehouse.transaction(force_rollback=True):
            add_persons(warehouse, 1_000, 850, conflicts)
            row = quality(warehouse)
            assert (row.state, row.reasons, row.conflicts_count) == (state, reasons, conflicts), conflicts


def test_the_worst_of_share_conflicts_and_job_wins(warehouse: Any) -> None:
    for ended, with_scout, conflicts, state, reasons in [
        (timedelta(hours=4, minutes=30), 900, 0, "OK", []),
        (timedelta(hours=4, minutes=30) + MICROSECOND, 900, 0, "WARN", ["YELLOW_ATTRIBUTION_STALE"]),
        (timedelta(hours=24), 900, 0, "WARN", ["YELLOW_ATTRIBUTION_STALE"]),
        (timedelta(hours=24) + MICROSECOND, 900, 0, "FAIL", ["RED_ATTRIBUTION_STALE"]),
        (timedelta(hours=5), 400, 0, "FAIL", ["SATISFACTORY_BELOW_50", "YELLOW_ATTRIBUTION_STALE"]),
        (timedelta(hours=1), 700, 101, "FAIL", ["CONFLICTS_OVER_100", "SATISFACTORY_BELOW_80"]),
        (timedelta(hours=25), 700, 51, "FAIL", ["RED_ATTRIBUTION_STALE", "SATISFACTORY_BELOW_80", "CONFLICTS_OVER_50"]),
    ]:
        with warehouse.transaction(force_rollback=True):
            add_run(warehouse, ATTRIBUTION, "COMPLETED", ended=ended)
            add_persons(warehouse, 1_000, with_scout, conflicts)
            row = quality(warehouse)
            assert (row.state, row.reasons) == (state, reasons), (ended, with_scout, conflicts)


def test_a_job_that_never_ran_failed_or_is_paused_shows(warehouse: Any) -> None:
    add_persons(warehouse, 10, 10)
    assert (quality(warehouse).state, quality(warehouse).reasons) == ("FAIL", ["RED_NO_ATTRIBUTION"])

    add_run(warehouse, ATTRIBUTION, "COMPLETED", ended=timedelta(hours=2))
    assert (quality(warehouse).state, quality(warehouse).job_state) == ("OK", "OK")

    pause(warehouse, ATTRIBUTION, True)
    assert (quality(warehouse).state, quality(warehouse).reasons) == ("WARN", ["YELLOW_DAG_PAUSED"])

    add_run(warehouse, ATTRIBUTION, "FAILED", ended=timedelta(hours=1))
    row = quality(warehouse)
    assert (row.state, row.reasons) == ("FAIL", ["RED_RUN_FAILED", "YELLOW_DAG_PAUSED"])
    assert (row.job_severity, row.last_completed_at) == ("RED", MOMENT - timedelta(hours=2))


def test_no_person_at_all_is_not_well_attributed(warehouse: Any, healthy_job: None) -> None:
    row = quality(warehouse)

    assert (row.state, row.reasons, row.pct_scout_satisfactory) == ("WARN", ["NO_PERSONS"], None)


def test_it_counts_as_the_metrics_do(warehouse: Any) -> None:
    for row in ((1, 5, "987654321"), (2, 5, "987123654"), (3, 6, "987123654"), (4, None, "987456123")):
        warehouse.execute(
            "insert into public.module_ct_scouting_daily (id, scout_id, driver_name, driver_phone, registration_date)"
            " values (%s, %s, 'Quispe Mamani Luis', %s, '2026-11-01')",
            row,
        )
    ingest()
    attribute()

    health = warehouse.execute(
        "select total_persons, persons_with_scout_satisfactory, pct_scout_satisfactory, conflicts_count"
        " from ops.v_scout_attribution_health"
    ).fetchone()
    metrics = warehouse.execute(
        "select total_persons, persons_with_scout_satisfactory, pct_scout_satisfactory, conflicts_count"
        " from ops.v_scout_attribution_metrics_snapshot"
    ).fetchone()
    assert health == metrics
    assert health[0] >= 2
    assert health[3] == 1
    assert warehouse.execute("select job_state, checked_at from ops.v_scout_attribution_health").fetchone()[0] == "OK"
