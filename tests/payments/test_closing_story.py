"""From source rows to statements: a month is closed, rows come late, the next months carry the corrections."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from control_tower.decisions import resolve_scout_conflict
from tests.decisions.state import broken_checks, person_of
from tests.identity.sources import driver, lead, scouting
from tests.payments.dues import APRIL, JANUARY, MARCH, ROSA, Dues
from tests.pipeline import attribute, ingest, load_dag

Warehouse = psycopg.Connection[Any]
MAY = (APRIL[1].replace(month=5, day=1), APRIL[1].replace(month=5, day=31))
ANA, LUZ = "Ana Lucia Torres Vega", "Luz Elena Campos Diaz"


@pytest.fixture
def beginning(migrated_template: str) -> str:
    """Name of an empty database."""
    return migrated_template


def trips(warehouse: Warehouse, driver_id: str, day: str, count: int) -> None:
    """A day of a driver arrives."""
    warehouse.execute(
        "insert into public.summary_daily (driver_id, date_file, count_orders_completed, sum_work_time_seconds)"
        " values (%s, %s, %s, 3600)",
        [driver_id, day, count],
    )
    warehouse.execute("select pg_stat_force_next_flush()")  # a loader's session ends; this one stays open


def run_pipelines(warehouse: Warehouse) -> None:
    """Ingest, attribute, and derive what is due."""
    ingest()
    attribute()


def test_a_month_is_closed_and_what_comes_late_is_in_the_next(warehouse: Warehouse) -> None:
    dues = Dues(warehouse)
    for driver_id, name, phone in (("d1", ANA, "987654321"), ("d2", LUZ, "912345678")):
        driver(warehouse, driver_id, full_name=name, phone=phone, hire_date="2026-03-03")
        lead(warehouse, f"l-{driver_id}", name, park_phone=phone, lead_created_at="2026-03-02 10:00")
    scouting(warehouse, 1, ANA, driver_phone="987654321", scout_id=7, registration_date="2026-03-02")
    scouting(warehouse, 2, LUZ, driver_phone="912345678", scout_id=7, registration_date="2026-03-02")
    trips(warehouse, "d1", "03-03-2026", 5)
    trips(warehouse, "d2", "03-03-2026", 1)
    run_pipelines(warehouse)

    dues.close(MARCH)

    # Ana: 1 and 5 trips on 3 March, payable 10 March: 20 + 25 = 45. Luz: 1 trip: 20. Together 65.
    assert dues.amounts(MARCH) == {(7, "PEN"): 65}
    lines = dues.rows("select * from ops.v_scout_statement_lines order by amount, person_name")
    assert [(row["milestone_trips"], float(row["amount"]), str(row["payable_date"])) for row in lines] == [
        (1, 20, "2026-03-10"),
        (1, 20, "2026-03-10"),
        (5, 25, "2026-03-10"),
    ]
    luz = person_of(warehouse, "l-d2")
    assert luz is not None

    # April: 20 trips of Ana on 7 March are loaded late, 25 in seven days; scout 8 claims Luz with an old date.
    trips(warehouse, "d1", "07-03-2026", 20)
    scouting(warehouse, 3, LUZ, driver_phone="912345678", scout_id=8, registration_date="2026-03-02")
    run_pipelines(warehouse)
    dues.close(APRIL)

    # Ana: 25 trips, payable 14 March: 55, late. Luz: two scouts claim her, nobody is due: -20. Together 35.
    found = dues.rows("select * from ops.v_scout_statement_lines where period_start = %s order by amount", APRIL[0])
    assert [(row["scout_id"], row["reason_code"], float(row["amount"])) for row in found] == [
        (7, "NO_LONGER_DUE", -20),
        (7, "LATE", 55),
    ]
    assert (str(found[0]["person_key"]), found[0]["corrects_period_start"]) == (luz, MARCH[0])
    assert dues.amounts(APRIL) == {(7, "PEN"): 35}

    # May: a human decides that it was scout 8. Trips that arrived after the refresh are looked at, too.
    resolve_scout_conflict(luz, 8, "signed form", author=ROSA)
    trips(warehouse, "d2", "30-05-2026", 1)
    dues.close(MAY)
    assert [
        (row["scout_id"], row["reason_code"], float(row["amount"]))
        for row in dues.rows("select * from ops.v_scout_statement_lines where period_start = %s", MAY[0])
    ] == [(8, "LATE", 20)]
    attribute()
    assert broken_checks(warehouse) == {}


def test_a_closing_waits_for_the_refresh_that_a_new_lead_needs(warehouse: Warehouse, airflow_metadata: None) -> None:
    dues = Dues(warehouse)
    scouting(warehouse, 1, ANA, driver_phone="987654321", scout_id=7)
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    attribute()
    ingest()
    form = load_dag("close_liquidation_period")
    conf = {"period_start": "2026-01-01", "period_end": "2026-01-31", "reason": "January", "dry_run": False}
    assert form.test(run_conf=conf).state == "failed", "somebody's attribution is open"
    attribute()
    dues.due(1, "2026-01-05")
    assert form.test(run_conf={**conf, "dry-run": True}).state == "failed", "a parameter that it does not have"
    assert form.test(run_conf={**conf, "dry_run": True}).state == "success"
    assert dues.rows("select * from ops.liquidation_periods") == []
    assert form.test(run_conf=conf).state == "success"
    assert dues.amounts(JANUARY) == {(7, "PEN"): 20}
    (decision,) = dues.rows("select * from ops.v_human_decisions")
    assert decision["dag_run_id"].startswith("manual__")
