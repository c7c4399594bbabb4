"""A run with little to do carries out its steps in one task; with more to do each step is a task."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from control_tower import runs, small_batch
from control_tower.database import fetch_one, read_sql
from control_tower.sources import RECORD_SOURCES
from tests.identity import crashes, results
from tests.pipeline import PARTITIONS, ingest, load_dag, run_step, step_names

DAG = "identity_ingestion"
READING = ["normalise.drivers", *(f"normalise.{source.name}" for source in RECORD_SOURCES), "prepare.count_frequencies"]

Warehouse = psycopg.Connection[Any]


def run_dag(**conf: Any) -> tuple[Any, dict[str, str]]:
    """A DAG run of ingestion, and the state of each of its tasks, without their groups."""
    load_dag.cache_clear()
    dag = load_dag(DAG)
    for task in dag.tasks:
        task.retries = 0
    try:
        run = dag.test(run_conf=conf)
        states: dict[str, set[str]] = {}
        for one in run.get_task_instances():
            states.setdefault(one.task_id.rsplit(".", 1)[-1], set()).add(str(one.state))
        return run, {name: " and ".join(sorted(found)) for name, found in states.items()}
    finally:
        load_dag.cache_clear()  # tasks that ran keep what Airflow rendered into them


def recorded_steps(warehouse: Warehouse) -> set[str]:
    """Steps of the newest run."""
    rows = warehouse.execute(
        "select step from ops.run_steps where run_id = (select max(id) from ops.ingestion_runs)"
    ).fetchall()
    return {row[0] for row in rows}


def names(partition_count: int | None = None) -> set[str]:
    return {step.rsplit(".", 1)[-1] for step in step_names(DAG, partition_count)}


def last_status(warehouse: Warehouse) -> str:
    row = warehouse.execute("select status from ops.ingestion_runs order by id desc limit 1").fetchone()
    assert row is not None
    return str(row[0])


@pytest.fixture
def waiting(warehouse: Warehouse, airflow_metadata: None) -> Callable[[], int]:
    """The small database of today, after a complete run on that of yesterday; returns how many rows wait."""
    crashes.yesterday(warehouse)
    ingest()
    crashes.today(warehouse)

    def count() -> int:
        row = warehouse.execute(
            "select (select count(*) from canon.evaluation_queue) + (select count(*) from canon.dirty_keys)"
        ).fetchone()
        assert row is not None
        return int(row[0])

    return count


def test_both_ways_leave_the_same_result(
    warehouse: Warehouse, waiting: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, states = run_dag()
    assert run.state == "success"
    skipped = {name for name, state in states.items() if state == "skipped"}
    assert skipped == names()
    assert {name for name, state in states.items() if state == "success"} == {"open_run", "small_batch", "close_run"}
    assert recorded_steps(warehouse) == names()
    assert last_status(warehouse) == "COMPLETED"
    assert waiting() == 0
    in_one_task = results.links(warehouse), results.unmatched(warehouse)

    monkeypatch.setattr(small_batch, "MOST_ROWS", -1)
    run, states = run_dag()
    assert run.state == "success"
    assert set(states.values()) == {"success"}
    assert recorded_steps(warehouse) == names(PARTITIONS)
    assert (results.links(warehouse), results.unmatched(warehouse)) == in_one_task


def waiting_rows(warehouse: Warehouse, run_id: int, most: int) -> int:
    (rows,) = fetch_one(warehouse, read_sql(small_batch.WAITING_ROWS), {"run_id": run_id, "most": most})
    return int(rows)


def test_rows_are_counted_up_to_one_more_than_the_limit(warehouse: Warehouse, waiting: Callable[[], int]) -> None:
    run_id = runs.open_run("identity_run", runs.Scope())
    assert waiting_rows(warehouse, run_id, 5) == 0
    for step in READING:
        run_step(DAG, step, run_id)
    rows = waiting()
    assert rows > 6
    assert [waiting_rows(warehouse, run_id, most) for most in (rows - 1, rows, rows + 1)] == [rows, rows, rows]
    assert waiting_rows(warehouse, run_id, 3) == 4


def test_every_record_evaluated_again_is_never_small(warehouse: Warehouse, waiting: Callable[[], int]) -> None:
    run_id = runs.open_run("identity_run", runs.Scope(incremental=False))
    assert waiting_rows(warehouse, run_id, 5_000) == 5_001
    runs.close_run(run_id, [])
    run_id = runs.open_run("identity_run", runs.Scope())
    assert waiting_rows(warehouse, run_id, 5_000) == 0
    warehouse.execute("insert into canon.weights_versions (run_id) values (%s)", [run_id])
    assert waiting_rows(warehouse, run_id, 5_000) == 5_001


def test_what_turns_out_to_be_much_is_left_to_the_tasks_which_read_it_once_more(
    warehouse: Warehouse, waiting: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_batch, "MOST_ROWS", 3)  # more than before the sources were read, fewer than afterwards
    run, states = run_dag()
    assert run.state == "success"
    assert set(states.values()) == {"success"}
    assert recorded_steps(warehouse) == names(PARTITIONS)
    assert waiting() == 0


def test_a_first_run_is_small_only_on_small_tables(warehouse: Warehouse) -> None:
    crashes.today(warehouse)
    run_id = runs.open_run("identity_run", runs.Scope())
    assert waiting_rows(warehouse, run_id, 5_000) == 0
    # 256 pages of 8,192 bytes are 2 MB
    fill_to(warehouse, pages=255)
    assert waiting_rows(warehouse, run_id, 5_000) == 0
    fill_to(warehouse, pages=256)
    assert waiting_rows(warehouse, run_id, 5_000) == 5_001
    runs.close_run(run_id, [])  # as far as this run says, it has read all sources
    assert waiting_rows(warehouse, runs.open_run("identity_run", runs.Scope()), 5_000) == 0


def fill_to(warehouse: Warehouse, *, pages: int) -> None:
    """Add scouting rows until their table has so many pages."""
    size = "select pg_relation_size('public.module_ct_scouting_daily') / 8192"
    newest = "select max(id) from public.module_ct_scouting_daily"
    while True:
        (found,) = fetch_one(warehouse, size)
        if found >= pages:
            assert found == pages
            return
        warehouse.execute(
            "insert into public.module_ct_scouting_daily (id, driver_name, acquisition_method)"
            " values (%s, repeat('N', 1900), repeat('M', 1900))",
            [fetch_one(warehouse, newest)[0] + 1],
        )
