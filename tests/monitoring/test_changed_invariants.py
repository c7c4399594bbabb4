"""A run checks what was written since the last one; all rows are checked in turn, within a day, and on demand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from control_tower.errors import ChecksFailed
from control_tower.monitoring import checks
from control_tower.monitoring.probes import ProbeContext
from tests.identity import crashes
from tests.identity.sources import lead
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
KEYED = [name for name in checks.check_names() if checks.key_of(name)]
EVENT, LINK = "every_event_agrees_with_its_link", "every_link_explains_itself"
SPOIL = "update canon.identity_links set evidence = '{}' where source_table <> 'drivers' and match_rule like 'R_%'"


def story(warehouse: Warehouse) -> None:
    crashes.yesterday(warehouse)
    crashes.today(warehouse)
    ingest()
    attribute()


@pytest.fixture(scope="module")
def after_runs(told: Any) -> str:
    """Name of a database in which everything was ingested, attributed and checked."""
    return str(told(story)[0])


@pytest.fixture
def beginning(after_runs: str) -> str:
    """Name of that database."""
    return after_runs


def flush(warehouse: Warehouse) -> None:
    """Show what this session wrote; PostgreSQL counts the writes of an open one up to ten seconds late."""
    warehouse.execute("select pg_stat_force_next_flush()")


def is_full(warehouse: Warehouse, run_id: int) -> dict[str, bool]:
    """Whether a run looked at all rows, for each invariant that it checked."""
    rows = warehouse.execute("select check_name, is_full from ops.check_results where run_id = %s", [run_id])
    return dict(rows.fetchall())


def spoil_unseen(warehouse: Warehouse) -> None:
    """Change links with triggers disabled, so that nothing is queued."""
    with warehouse.transaction():
        warehouse.execute("set local session_replication_role = replica")
        warehouse.execute(SPOIL)
    flush(warehouse)


def checked_ago(warehouse: Warehouse, name: str, seconds: float) -> None:
    """Turn the clock: that invariant was checked so long ago."""
    warehouse.execute(
        "update ops.check_results set checked_at = now() - make_interval(secs => %s) where check_name = %s",
        [seconds, name],
    )


def in_turn(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let every invariant's turn have begun so long ago."""
    monkeypatch.setattr(checks, "seconds_into_turn", lambda place, moment: seconds)


def test_a_run_checks_what_it_wrote_and_nothing_else(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    in_turn(monkeypatch, checks.TURN_SECONDS)
    ingest()
    lead(warehouse, "new", "Somebody Quite New", park_phone="911000111")
    flush(warehouse)
    seen = is_full(warehouse, ingest())
    assert {name for name, full in seen.items() if not full} == set(KEYED)
    assert warehouse.execute("select count(*) from canon.check_queue").fetchone() == (0,)


def test_the_health_check_says_since_when_all_rows_were_looked_at(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_turn(monkeypatch, checks.TURN_SECONDS)
    ingest()
    checked_ago(warehouse, LINK, 3000)
    lead(warehouse, "new", "Somebody Quite New", park_phone="911000111")
    flush(warehouse)
    ingest()
    values = {result.subject: result.value for result in checks.invariants(ProbeContext(warehouse, datetime.now(UTC)))}
    assert values[LINK]["offenders_count"] == 0
    assert 3000 <= values[LINK]["all_rows_seconds"] < 3600
    assert "all_rows_seconds" not in values["every_person_is_counted_once"]


BROKEN = {
    EVENT: "update observational.lead_events set person_key = null where person_key is not null",
    LINK: SPOIL,
    "every_source_record_is_accounted_for_once": (
        "delete from canon.identity_unmatched where status = 'OPEN' and source_pk = (select min(source_pk)"
        " from canon.identity_unmatched where status = 'OPEN')"
    ),
    "no_driver_link_without_a_lead": "delete from canon.identity_links where source_table <> 'drivers'",
    "no_merged_person_is_in_use": (
        "with merged as (insert into canon.identity_registry (person_key, confidence_level)"
        " select gen_random_uuid(), 'HIGH' returning person_key), alias as (insert into canon.identity_aliases"
        " (person_key, survivor_key, reason, merged_at, run_id, moved) select merged.person_key,"
        " (select min(person_key::text)::uuid from canon.identity_registry), 'by hand', now(), 1, '{}' from merged)"
        " update canon.identity_links set person_key = merged.person_key from merged where source_table <> 'drivers'"
    ),
    "every_ledger_row_follows_from_events_or_a_decision": (
        "update observational.lead_ledger set attributed_scout_id = 4711, decision_status = 'assigned'"
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_in_a_changed_row_is_found_by_that_run(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    in_turn(monkeypatch, checks.TURN_SECONDS)
    ingest()
    warehouse.execute(BROKEN[name].encode())
    flush(warehouse)
    with pytest.raises(ChecksFailed, match=name):
        ingest()
    row = warehouse.execute(
        "select is_full, offenders > 0 from ops.check_results where check_name = %s and status = 'FAILED'", [name]
    ).fetchone()
    assert row == (False, True)


def test_what_is_broken_is_checked_in_full_until_it_holds(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_turn(monkeypatch, checks.TURN_SECONDS)
    ingest()
    warehouse.execute(SPOIL)
    flush(warehouse)
    for is_first in (True, False):
        with pytest.raises(ChecksFailed, match=LINK):
            ingest()
        warehouse.execute("update ops.ingestion_runs set status = 'FAILED' where status = 'RUNNING'")
        row = warehouse.execute(
            "select is_full from ops.check_results where check_name = %s order by id desc limit 1", [LINK]
        ).fetchone()
        assert row == (not is_first,)


def test_a_fault_that_nobody_saw_written_is_found_in_turn_within_a_day_and_at_once_on_demand(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_turn(monkeypatch, 3600)
    ingest()
    checked_ago(warehouse, LINK, 3600 - 60)
    spoil_unseen(warehouse)
    assert is_full(warehouse, ingest())[LINK] is False

    checked_ago(warehouse, LINK, 3600 + 60)
    spoil_unseen(warehouse)
    with pytest.raises(ChecksFailed, match=LINK):
        ingest()
    warehouse.execute("update ops.ingestion_runs set status = 'FAILED' where status = 'RUNNING'")

    warehouse.execute("delete from ops.check_results where check_name = %s and status = 'FAILED'", [LINK])
    checked_ago(warehouse, LINK, 60)
    with pytest.raises(ChecksFailed, match=LINK):
        ingest(incremental=False)


def test_the_turns_of_all_invariants_begin_within_twenty_hours() -> None:
    moment = datetime(2026, 11, 30, 12, 34, tzinfo=UTC)
    cycle = checks.TURNS * checks.TURN_SECONDS
    into = [checks.seconds_into_turn(place, moment) for place in range(checks.TURNS)]
    assert all(0 <= seconds < cycle for seconds in into)
    assert sorted(b - a for a, b in zip(sorted(into), sorted(into)[1:], strict=False)) == [checks.TURN_SECONDS] * 3
    assert into[0] == moment.timestamp() % cycle


def test_with_more_written_than_a_list_of_keys_is_worth_all_rows_are_checked(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_turn(monkeypatch, checks.TURN_SECONDS)
    ingest()
    monkeypatch.setattr(checks, "KEYS_AT_MOST", 1)
    warehouse.execute("update canon.identity_links set linked_at = linked_at")
    flush(warehouse)
    assert is_full(warehouse, ingest())[LINK] is True
    assert warehouse.execute("select count(*) from canon.check_queue").fetchone() == (0,)
