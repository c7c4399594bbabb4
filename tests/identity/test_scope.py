"""A run with a scope processes only that part; the rest stays queued for later runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg
import pytest

from control_tower.runs import Scope, scope_of
from tests.identity import crashes, results, sources
from tests.pipeline import ingest

Warehouse = psycopg.Connection[Any]
LEADS, SCOUTING, MIGRATIONS = "module_ct_cabinet_leads", "module_ct_scouting_daily", "module_ct_migrations"


def accounted(warehouse: Warehouse) -> set[results.Key]:
    return {key for key in results.links(warehouse) if key[0] != "drivers"} | set(results.unmatched(warehouse))


def test_a_period_reads_its_records_and_no_others(warehouse: Warehouse) -> None:
    for day in ("2026-10-31", "2026-11-01", "2026-11-07", "2026-11-08"):
        sources.lead(warehouse, day, "Ana Torres", park_phone="987654321", lead_created_at=f"{day} 23:59")
    sources.lead(warehouse, "no date", "Ana Torres", lead_created_at=None)
    sources.scouting(warehouse, 1, "Ana Torres", registration_date="2026-11-03")
    ingest(date_from=date(2026, 11, 1), date_to=date(2026, 11, 7))
    assert accounted(warehouse) == {(LEADS, "2026-11-01"), (LEADS, "2026-11-07"), (SCOUTING, "1")}

    ingest(date_from=date(2026, 11, 8))
    assert (LEADS, "2026-11-08") in accounted(warehouse)
    ingest()
    assert len(accounted(warehouse)) == 6


def test_chosen_sources_are_read_alone(warehouse: Warehouse) -> None:
    crashes.today(warehouse)
    sources.scouting(warehouse, 1, "Ana Torres")
    ingest(source_tables=(SCOUTING, MIGRATIONS))
    assert {key[0] for key in accounted(warehouse)} == {SCOUTING, MIGRATIONS}


def test_records_that_a_driver_affects_wait_in_the_queue_until_they_are_in_scope(warehouse: Warehouse) -> None:
    sources.lead(warehouse, "l1", "Ana Torres", park_phone="987654321")
    ingest()
    sources.driver(warehouse, "d1", full_name="Ana Torres Vega", phone="987654321")
    ingest(source_tables=(SCOUTING,))
    assert results.reason_of(warehouse, "l1") == "NO_CANDIDATES"
    ingest(date_from=date(2026, 11, 1))
    assert results.reason_of(warehouse, "l1") == "NO_CANDIDATES"
    ingest()
    assert results.rule_of(warehouse, "l1") == "R1_PHONE_EXACT"


def test_drivers_may_be_left_for_a_later_run(warehouse: Warehouse) -> None:
    sources.driver(warehouse, "d1", full_name="Ana Torres Vega", phone="987654321")
    sources.lead(warehouse, "l1", "Ana Torres", park_phone="987654321")
    ingest(refresh_index=False)
    assert results.reason_of(warehouse, "l1") == "NO_CANDIDATES"
    ingest()
    assert results.rule_of(warehouse, "l1") == "R1_PHONE_EXACT"


@pytest.mark.parametrize(
    "parts",
    [
        [Scope(source_tables=(SCOUTING,)), Scope(source_tables=(LEADS,), refresh_index=False)],
        [Scope(date_to=date(2026, 10, 29)), Scope(date_from=date(2026, 10, 30))],
        [Scope(refresh_index=False), Scope(incremental=False, source_tables=(LEADS,))],
    ],
    ids=["by source", "by date", "drivers later"],
)
def test_parts_and_then_the_whole_end_like_one_run(parts: list[Scope], warehouses: Callable[[], Warehouse]) -> None:
    found = []
    for scopes in ([], parts):
        warehouse = warehouses()
        crashes.today(warehouse)
        for row_id in (15, 16):
            sources.scouting(warehouse, row_id, crashes.ANA, driver_phone="966555444", registration_date="2026-10-01")
        warehouse.execute("update public.module_ct_cabinet_leads set lead_created_at = null where external_id = 'l3'")
        for scope in [*scopes, Scope()]:
            ingest(**vars(scope))
        settled = results.settled(warehouse)
        reasons = settled["canon.identity_unmatched"]  # without those that were open in between
        settled["canon.identity_unmatched"] = [row for row in reasons if '"status": "RESOLVED"' not in row]
        found.append(settled)
    assert found[0] == found[1]
    assert found[0]["canon.identity_contested"] == []


def test_a_scoped_run_does_not_claim_to_have_seen_everything(warehouse: Warehouse) -> None:
    sources.lead(warehouse, "l1", "Ana Torres", park_phone="987654321")
    ingest(source_tables=(SCOUTING,))
    ingest(date_to=date(2020, 1, 1))
    assert warehouse.execute("select * from ops.v_identity_horizon").fetchall() == []
    last = ingest()
    assert warehouse.execute("select run_id from ops.v_identity_horizon").fetchall() == [(last,)]


def test_the_scope_is_kept_with_the_run(warehouse: Warehouse) -> None:
    run_id = ingest(date_from=date(2026, 11, 1), source_tables=(LEADS,), incremental=False, refresh_index=False)
    row = warehouse.execute(
        "select scope_date_from, scope_date_to, incremental, parameters -> 'source_tables',"
        " parameters -> 'refresh_index' from ops.ingestion_runs where id = %s",
        [run_id],
    ).fetchone()
    assert row == (date(2026, 11, 1), None, False, [LEADS], False)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match=r"scope_date_to \(2026-11-01\) is before scope_date_from"):
        scope_of({"scope_date_from": "2026-11-02", "scope_date_to": "2026-11-01"})
    assert scope_of({}) == scope_of({"source_tables": [], "scope_date_from": None}) == Scope()
