"""A first load builds the plain indexes of an empty table once, and leaves the schema as it was (ADR 38)."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from control_tower import runs, small_batch
from control_tower.database import execute_file
from control_tower.operators import shared_session
from tests.identity import results
from tests.pipeline import load_dag, run_step, step_names
from tests.plans import Plans

Warehouse = psycopg.Connection[Any]

DAG = "identity_ingestion"
WORTH_IT = 10_000
KEPT = {"records_index_chunk", "records_index_gone"}
"""Indexes that the load itself reads."""
LOADED = (
    "canon.drivers_index",
    "canon.identity_links",
    "canon.identity_unmatched",
    "canon.persons_without_ledger",
    "canon.records_index",
    "canon.review_cases",
    "observational.lead_events",
)


def _indexes(connection: Warehouse, *tables: str) -> set[tuple[Any, ...]]:
    """Definition and state of each index of the tables, and its number: another one was built anew."""
    rows = connection.execute(
        "select pg_get_indexdef(indexrelid), indisvalid, indisready, indisunique, indexrelid::integer"
        " from pg_index where indrelid = any(%s::regclass[])",
        [list(tables)],
    )
    return set(rows.fetchall())


def _references(connection: Warehouse) -> set[tuple[Any, ...]]:
    rows = connection.execute(
        "select conname, pg_get_constraintdef(oid), convalidated, oid::integer"
        " from pg_constraint where conrelid = 'canon.identity_links'::regclass and contype = 'f'"
    )
    return set(rows.fetchall())


def _plain(indexes: set[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    return {index for index in indexes if not index[3]}


def _load_sources(connection: Warehouse, rows: int) -> None:
    """As many drivers, leads of half of them, and leads of nobody; every phone and name is one person's."""
    connection.execute(
        "insert into public.drivers (driver_id, full_name, phone, hire_date, park_id)"
        " select 'd' || n, 'Ana Q' || translate(n::text, '0123456789', 'ABCDEFGHIJ') || ' Soto',"
        " (910000000 + n)::text, date '2026-11-01', 'park' from generate_series(1, %s) as n",
        [rows],
    )
    connection.execute(
        "insert into public.module_ct_cabinet_leads (external_id, first_name, park_phone, lead_created_at)"
        " select 'l' || n, 'Ana Q' || translate(n::text, '0123456789', 'ABCDEFGHIJ') || ' Soto',"
        " (case when n <= %s then 910000000 else 920000000 end + n)::text, timestamp '2026-10-30'"
        " from generate_series(1, %s) as n",
        [rows, 2 * rows],
    )


def _begin_first_load() -> int:
    """Open a run whose steps are tasks; returns its id."""
    run_id = runs.open_run("identity_run", runs.Scope())
    dag = load_dag(DAG)
    _, steps = dag.get_task(small_batch.TASK_ID).work_off(dag, run_id)
    assert not steps, "each step is a task"
    return run_id


def _first_load(*, until: str | None = None) -> None:
    """A run of tasks; `until` is the last step before a crash."""
    run_id = _begin_first_load()
    for step in step_names(DAG):
        run_step(DAG, step, run_id)
        if step == until:
            return
    runs.close_run(run_id, runs.steps_of(load_dag(DAG)))


@pytest.fixture(autouse=True)
def _steps_are_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_batch, "MOST_ROWS", -1)


def test_a_first_load_leaves_the_indexes_that_it_found(warehouse: Warehouse) -> None:
    before, references = _indexes(warehouse, *LOADED), _references(warehouse)
    _load_sources(warehouse, WORTH_IT)
    _first_load()
    assert {key[:3] for key in _references(warehouse)} == {key[:3] for key in references}
    assert not _references(warehouse) & references, "links were checked once, after the rows"
    after = _indexes(warehouse, *LOADED)
    assert {index[:4] for index in after} == {index[:4] for index in before}
    untouched = {index[0].split()[2] for index in _plain(after) & _plain(before)}
    assert untouched == KEPT, "each other plain index was built after the rows"
    assert after - _plain(after) == before - _plain(before), "keys stay"
    rules = {key: link.rule for key, link in results.links(warehouse).items()}
    assert sum(rule == "R1_PHONE_EXACT" for rule in rules.values()) == WORTH_IT
    assert sum(rule == "DRIVER_MATCH" for rule in rules.values()) == WORTH_IT
    assert len(results.unmatched(warehouse)) == WORTH_IT
    assert warehouse.execute("select count(*) from observational.lead_events").fetchone() == (2 * WORTH_IT,)

    content = results.content(warehouse)
    _first_load()
    assert results.content(warehouse) == content, "a second run changes nothing"
    assert _indexes(warehouse, *LOADED) == after, "and builds nothing"


@pytest.mark.parametrize("last_step", ["normalise.cabinet_leads", "prepare.build_account_indexes"])
def test_the_run_after_a_crash_builds_what_the_first_load_dropped(warehouse: Warehouse, last_step: str) -> None:
    before = _indexes(warehouse, *LOADED)
    _load_sources(warehouse, WORTH_IT)
    _first_load(until=last_step)
    left = {index[0].split()[2] for index in _indexes(warehouse, *LOADED)}
    assert "records_index_search" not in left
    assert left >= KEPT

    warehouse.execute("update ops.ingestion_runs set status = 'FAILED', completed_at = now()")
    _begin_first_load()
    assert {index[:4] for index in _indexes(warehouse, *LOADED)} == {index[:4] for index in before}
    assert warehouse.execute("select count(*) from ops.deferred_indexes").fetchone() == (0,)


def test_what_somebody_built_meanwhile_is_not_built_twice(alone: Warehouse) -> None:
    before = _indexes(alone, "canon.drivers_index")
    alone.execute("select canon.defer_indexes('canon.drivers_index', %s)", [WORTH_IT])
    (by_hand,) = {index[0] for index in before if "drivers_index_search" in index[0]}
    alone.execute(by_hand)
    alone.execute("select canon.build_deferred_indexes('canon.drivers_index')")
    assert {index[:4] for index in _indexes(alone, "canon.drivers_index")} == {index[:4] for index in before}
    assert alone.execute("select count(*) from ops.deferred_indexes").fetchone() == (0,)


def test_the_pipelines_role_cannot_have_the_owner_carry_out_a_statement(warehouse: Warehouse) -> None:
    warehouse.execute("set role control_tower_writer")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        warehouse.execute("insert into ops.deferred_indexes values ('canon.drivers_index', 'drop schema canon')")


def test_a_first_load_that_is_rolled_back_locks_and_drops_nothing(warehouse: Warehouse) -> None:
    before = _indexes(warehouse, *LOADED)
    _load_sources(warehouse, WORTH_IT)
    run_id = runs.open_run("identity_run", runs.Scope())
    with warehouse.transaction(force_rollback=True), shared_session(warehouse):
        for step in step_names(DAG):
            run_step(DAG, step, run_id)
        assert _indexes(warehouse, *LOADED) == before
        assert len(results.unmatched(warehouse)) == WORTH_IT


def test_a_source_is_read_once_while_another_one_is_written(warehouse: Warehouse, server: Any) -> None:
    """What the planner expects of the index of records is wrong then: its rows are there, and none is to be seen."""
    _load_sources(warehouse, WORTH_IT)
    warehouse.execute(
        "insert into public.module_ct_scouting_daily (id, driver_name, registration_date)"
        " select n, 'Ana Soto', date '2026-10-30' from generate_series(1, %s) as n",
        [WORTH_IT],
    )
    warehouse.execute("analyze")
    run_id = runs.open_run("identity_run", runs.Scope())
    uri = server.uri(warehouse.info.dbname)
    with psycopg.connect(uri, autocommit=True) as other, other.transaction(), shared_session(other):
        run_step(DAG, "normalise.cabinet_leads", run_id)
        plans = Plans(warehouse)
        with warehouse.transaction():
            # as for a source of a million rows
            warehouse.execute(
                "update pg_class set reltuples = 1000000, relpages = 1000 where oid = 'canon.records_index'::regclass"
            )
            table = {"source_table": "module_ct_scouting_daily", "run_id": run_id}
            execute_file(warehouse, "pipeline/1_normalise/read_records.sql", table)
    assert len(plans.found) >= 5
    assert plans.scanned_repeatedly() == set()


@pytest.fixture
def alone(warehouse: Warehouse) -> Warehouse:
    """A session as that of a step that has its own transaction."""
    warehouse.execute("set control_tower.is_step_alone = 'on'")
    return warehouse


@pytest.mark.parametrize(("rows", "is_deferred"), [(WORTH_IT - 1, False), (WORTH_IT, True)])
def test_few_rows_are_written_into_the_indexes(alone: Warehouse, rows: int, is_deferred: bool) -> None:
    before = _indexes(alone, "canon.drivers_index")
    with alone.transaction():
        alone.execute("select canon.defer_indexes('canon.drivers_index', %s)", [rows])
        left = _indexes(alone, "canon.drivers_index")
        assert left == (before - _plain(before) if is_deferred else before)
        alone.execute("select canon.build_deferred_indexes('canon.drivers_index')")
        built = _indexes(alone, "canon.drivers_index")
        assert {index[:4] for index in built} == {index[:4] for index in before}


def test_a_crash_in_the_transaction_leaves_the_indexes(alone: Warehouse) -> None:
    before = _indexes(alone, "canon.drivers_index")
    with alone.transaction(force_rollback=True):
        alone.execute("select canon.defer_indexes('canon.drivers_index', %s)", [WORTH_IT])
        assert _indexes(alone, "canon.drivers_index") < before
    assert _indexes(alone, "canon.drivers_index") == before


def test_a_table_with_rows_keeps_its_indexes(alone: Warehouse) -> None:
    alone.execute("insert into canon.drivers_index (driver_id, snapshot_date) values ('d1', '2026-11-01')")
    before = _indexes(alone, "canon.drivers_index")
    with alone.transaction():
        alone.execute("select canon.defer_indexes('canon.drivers_index', %s)", [WORTH_IT])
        assert _indexes(alone, "canon.drivers_index") == before


def test_what_a_definition_does_not_tell_is_kept(alone: Warehouse) -> None:
    alone.execute("comment on index canon.drivers_index_car is 'of the operator'")
    with alone.transaction():
        alone.execute("select canon.defer_indexes('canon.drivers_index', %s)", [WORTH_IT])
        names = {index[0].split()[2] for index in _plain(_indexes(alone, "canon.drivers_index"))}
        assert names == {"drivers_index_car"}
        alone.execute("select canon.build_deferred_indexes('canon.drivers_index')")


def test_who_reads_the_table_is_not_waited_for_longer_than_a_moment(alone: Warehouse, server: Any) -> None:
    before = _indexes(alone, "canon.drivers_index")
    with psycopg.connect(server.uri(alone.info.dbname)) as reader:
        reader.execute("select count(*) from canon.drivers_index")  # in a transaction that stays open
        with alone.transaction():
            alone.execute("select canon.defer_indexes('canon.drivers_index', %s)", [WORTH_IT])
            assert _indexes(alone, "canon.drivers_index") == before
            assert alone.execute("show lock_timeout").fetchone() == ("0",), "the session's own limit holds again"


def test_who_does_not_own_the_table_leaves_its_indexes(alone: Warehouse) -> None:
    before = _indexes(alone, "canon.drivers_index")
    with alone.transaction():
        alone.execute("set local role control_tower_writer")
        alone.execute("select canon.defer_indexes('canon.drivers_index', %s)", [WORTH_IT])
        alone.execute("select canon.build_deferred_indexes('canon.drivers_index')")
    assert _indexes(alone, "canon.drivers_index") == before


def test_a_reference_is_checked_after_the_rows(alone: Warehouse) -> None:
    with alone.transaction(force_rollback=True):
        alone.execute("select canon.defer_indexes('canon.identity_links', %s, with_references => true)", [WORTH_IT])
        alone.execute(
            "insert into canon.identity_links (person_key, source_table, source_pk, snapshot_date, match_rule,"
            " match_score, confidence_level) values (gen_random_uuid(), 't', '1', now(), 'MANUAL', 100, 'HIGH')"
        )
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            alone.execute("select canon.build_deferred_indexes('canon.identity_links')")


def test_a_reference_to_a_table_in_use_stays(alone: Warehouse, server: Any) -> None:
    before, references = _indexes(alone, "canon.identity_links"), _references(alone)
    with psycopg.connect(server.uri(alone.info.dbname)) as reader:
        reader.execute("select count(*) from canon.identity_registry")
        with alone.transaction(force_rollback=True):
            alone.execute("select canon.defer_indexes('canon.identity_links', %s, with_references => true)", [WORTH_IT])
            assert _references(alone) == references
            assert _indexes(alone, "canon.identity_links") == before - _plain(before), "its indexes are deferred"
