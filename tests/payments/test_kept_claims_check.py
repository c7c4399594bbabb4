"""A check compares the claims that runs keep with the views that derive all of them, and names who differs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from control_tower.monitoring import checks
from control_tower.monitoring.checks import run_check
from tests.payments.test_claims_follow_changes import first_runs, run
from tests.pipeline import ingest

Warehouse = psycopg.Connection[Any]
CHECK = "kept_claims_match_their_views"
PAID = "(select driver_id from canon.cabinet_claims where yango_payment_status = 'PAID' order by driver_id limit 1)"
SPOILT = {
    "a paid claim that is shown as unpaid": (
        f"update canon.cabinet_claims set yango_payment_status = 'UNPAID' where driver_id = {PAID} returning person_key"
    ),
    "another amount": (
        f"update canon.cabinet_claims set expected_amount = 1 where driver_id = {PAID} returning person_key"
    ),
    "a claim that is missing": (f"delete from canon.cabinet_claims where driver_id = {PAID} returning person_key"),
    "a claim too many": (
        "insert into canon.cabinet_claims select (jsonb_populate_record(claim, '{\"milestone_value\": 99}')).*"
        f" from canon.cabinet_claims as claim where driver_id = {PAID} limit 1 returning person_key"
    ),
    "first days with another amount": (
        f"update canon.cabinet_financials set amount_due_yango = amount_due_yango + 1 where driver_id = {PAID}"
        " returning person_key"
    ),
}
NOT_READ = {
    "trips": (
        "insert into public.summary_daily (driver_id, date_file, count_orders_completed, sum_work_time_seconds)"
        " select driver_id, to_char(lead_date + 1, 'DD-MM-YYYY'), 60, 3600 from ops.mv_cabinet_financial_14d"
    ),
    "payments": (
        "insert into public.module_ct_cabinet_payments (date, time, driver, trip_1, trip_5, trip_25, driver_id)"
        " select current_date, '10:00', driver_name, true, true, true, driver_id from ops.mv_cabinet_financial_14d"
    ),
    "payments by a name": (
        "insert into public.module_ct_cabinet_payments (date, time, driver, trip_1, trip_5, trip_25)"
        " select current_date, '10:00', driver_name, true, true, true from ops.mv_cabinet_financial_14d"
    ),
    "payments undone": "update public.module_ct_cabinet_payments set trip_1 = false",
    "links": "delete from canon.identity_links where source_table = 'drivers'",
    "quarantine": (
        "insert into canon.driver_orphan_quarantine (driver_id, detected_reason, status)"
        " select driver_id, 'manual_detection', 'quarantined' from ops.mv_cabinet_financial_14d on conflict do nothing"
    ),
    "dates of events": "update observational.lead_events set event_date = event_date - 20",
    "rules": "update ops.partner_payment_rules set amount = amount + 1",
    "namesakes": (
        "insert into public.drivers (driver_id, full_name) select 'n' || driver_id, full_name from public.drivers"
    ),
}


@pytest.fixture(scope="module")
def after_first_runs(told: Callable[[Callable[[Warehouse], Any]], tuple[str, Any]]) -> str:
    """Name of a database with claims and payments."""
    return told(first_runs)[0]


@pytest.fixture
def beginning(after_first_runs: str) -> str:
    """Name of that database."""
    return after_first_runs


@pytest.fixture
def kept(warehouse: Warehouse) -> Warehouse:
    """That database after one more run, which counts in this copy."""
    run(warehouse)
    return warehouse


def test_a_row_that_somebody_spoilt_is_found_and_its_person_named(kept: Warehouse) -> None:
    assert run_check(kept, CHECK).status == "OK"
    for what, statement in SPOILT.items():
        with kept.transaction(force_rollback=True):
            named = {row[0] for row in kept.execute(statement.encode())}
            assert len(named) == 1, what
            result = run_check(kept, CHECK)
            assert result.status == "FAILED", (what, result)
            assert {row["person_key"] for row in result.sample} == named, what


def test_what_no_run_has_read_is_no_fault(kept: Warehouse) -> None:
    for what, statement in NOT_READ.items():
        with kept.transaction(force_rollback=True):
            assert kept.execute(statement.encode()).rowcount > 0, what
            result = run_check(kept, CHECK)
            assert result.status == "OK", (what, result)


def test_it_is_checked_in_turn_and_by_a_run_that_evaluates_everything(
    kept: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = "select count(*) from ops.check_results where check_name = %s and run_id is not null"

    def times() -> int:
        row = kept.execute(checked, [CHECK]).fetchone()
        assert row is not None
        return int(row[0])

    monkeypatch.setattr(checks, "seconds_into_turn", lambda place, moment: 3600.0)
    before = times()
    kept.execute("update ops.check_results set checked_at = now() - interval '3590 s' where check_name = %s", [CHECK])
    kept.execute("update canon.identity_links set linked_at = linked_at")
    run(kept)
    assert times() == before
    kept.execute("update ops.check_results set checked_at = now() - interval '3610 s' where check_name = %s", [CHECK])
    run(kept)
    assert times() == before + 1
    ingest(incremental=False)
    assert times() == before + 2


def test_a_health_check_leaves_it_to_the_runs(kept: Warehouse) -> None:
    """It derives all claims: longer than a health check may take where there are many."""
    kept.execute("update ops.check_results set status = 'CHECK_FAILED', checked_at = now() - interval '2 days'")
    ran = checks.rerun_invariants(kept, datetime.now(UTC))
    assert CHECK not in ran
    assert len(ran) > 5
    kept.execute("delete from ops.check_results where check_name = %s", [CHECK])
    assert CHECK in checks.rerun_invariants(kept, datetime.now(UTC)), "nobody has checked it yet"
