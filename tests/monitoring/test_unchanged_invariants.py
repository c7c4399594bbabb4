"""A run checks what was written to, takes over what holds as it did, and misses nothing that somebody changed."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from control_tower.errors import ChecksFailed
from control_tower.monitoring import checks
from tests.identity import crashes
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]


def checked(warehouse: Warehouse, run_id: int) -> set[str]:
    """Names of the invariants that a run looked at."""
    rows = warehouse.execute("select check_name from ops.check_results where run_id = %s", [run_id])
    return {name for (name,) in rows.fetchall()}


def counts(warehouse: Warehouse, run_id: int) -> dict[str, int]:
    row = warehouse.execute(
        "select detail from ops.run_steps where run_id = %s and step = 'run_checks'", [run_id]
    ).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture
def settled(warehouse: Warehouse) -> Warehouse:
    """A warehouse in which everything was ingested, attributed and checked."""
    crashes.yesterday(warehouse)
    crashes.today(warehouse)
    flush(warehouse)
    for run in (ingest, attribute):
        run()
    return warehouse


def flush(warehouse: Warehouse) -> None:
    """Show what this session wrote; PostgreSQL counts the writes of an open one up to ten seconds late."""
    warehouse.execute("select pg_stat_force_next_flush()")


def test_where_nothing_was_written_nothing_is_checked_but_what_moves(settled: Warehouse) -> None:
    first = ingest()
    run_id = ingest()
    names = set(checks.check_names())
    assert checked(settled, run_id) == {"audit_chain_is_intact", *checks.MOVING}, counts(settled, first)
    assert counts(settled, run_id) == {"checks": 2, "unchanged": len(names) - 2}


BROKEN = {
    "every_event_agrees_with_its_link": "update observational.lead_events set person_key = null",
    "every_link_explains_itself": "update canon.identity_links set evidence = '{}' where match_rule = 'R1_PHONE_EXACT'",
    "attribution_totals_match_recount": "insert into canon.attribution_counts (persons) values (7)",
    "every_source_record_is_accounted_for_once": (
        "insert into canon.identity_unmatched (source_table, source_pk, snapshot_date, reason_code, status, created_at)"
        " select source_table, source_pk, snapshot_date, 'NO_CANDIDATES', 'OPEN', now() from canon.identity_links"
        " where source_table <> 'drivers' limit 1"
    ),
    "no_driver_link_without_a_lead": "delete from canon.identity_links where source_table <> 'drivers'",
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_somebody_changes_is_found_by_the_next_run(settled: Warehouse, name: str) -> None:
    ingest()
    settled.execute(BROKEN[name].encode())
    flush(settled)
    with pytest.raises(ChecksFailed, match=name):
        ingest()


def test_a_result_holds_for_less_than_a_day(settled: Warehouse) -> None:
    ingest()
    name = "every_link_explains_itself"
    for age, is_checked in ((checks.UNCHANGED_FOR_SECONDS - 60, False), (checks.UNCHANGED_FOR_SECONDS + 1, True)):
        settled.execute(
            "update ops.check_results set checked_at = now() - make_interval(secs => %s) where check_name = %s",
            [age, name],
        )
        assert (name in checked(settled, ingest())) is is_checked


def test_a_run_that_evaluates_everything_checks_everything(settled: Warehouse) -> None:
    ingest()
    assert checked(settled, ingest(incremental=False)) == set(checks.check_names())


def test_without_counters_everything_is_checked(settled: Warehouse) -> None:
    name = settled.execute("select current_database()").fetchone()
    assert name is not None
    settled.execute(f'alter database "{name[0]}" set track_counts = off'.encode())
    try:
        ingest()
        run_id = ingest()
        tables = {"payment_rules_do_not_overlap"}
        assert checked(settled, run_id) >= set(checks.check_names()) - tables - checks.IN_TURN
    finally:
        settled.execute(f'alter database "{name[0]}" reset track_counts'.encode())


def test_every_invariant_that_reads_tables_says_which(warehouse: Warehouse) -> None:
    seen = checks.writes_seen(warehouse, checks.check_names())
    assert {name for name, writes in seen.items() if writes is None} == {"audit_chain_is_intact"}
