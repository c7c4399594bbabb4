"""However many tasks divide a run, its result is the same, and a run keeps its number of partitions."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from control_tower import errors, runs, small_batch
from control_tower.partitions import missing_steps, partitions_of_run, partitions_of_settings
from control_tower.settings import get_settings
from devtools.benchmark.touch import touch
from devtools.demo.fleet import FleetSize, build_fleet
from devtools.demo.load import load_fleet
from tests.identity import crashes, results
from tests.pipeline import ingest, load_dag, run_step, step_names

DAG = "identity_ingestion"
PARTITIONED = (
    "score_names", "weigh_candidates", "score_more_names", "weigh_candidates_by_name", "decide", "assign_persons",
)  # fmt: skip
WORKING_TABLES = {
    "canon.candidates_this_run": "source_table, source_pk, rule, driver_id",
    "canon.name_scores_this_run": "name_a, name_b, similarity, verdict, bits, household_bits",
    "canon.weighed_candidates_this_run": "source_table, source_pk, account_group, candidate_rank, bits, probability,"
    " is_enough, person_count, any_probability",
    "canon.decisions_this_run": "source_table, source_pk, reason_code, match_rule, account_group, driver_id,"
    " match_probability, evidence::text, candidates::text, is_linked",
    "canon.account_group_persons_this_run": "account_group, cardinality(persons), person_key is null",
}
"""What the partitioned steps write; `person_merges_this_run` is empty where nobody is merged."""

Warehouse = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def loaded(told: Callable[[Callable[[Warehouse], Any]], tuple[str, Any]]) -> str:
    """Name of a database with a fleet that nothing has read yet."""
    fleet = build_fleet(FleetSize(700, 700, 500, 50, trip_days=7), seed=4)
    return told(lambda session: load_fleet(session, fleet, report=lambda _: None))[0]


def set_partitions(monkeypatch: pytest.MonkeyPatch, count: int | None) -> None:
    """Set or unset the setting in this process."""
    monkeypatch.setenv("CONTROL_TOWER_PARTITIONS", "" if count is None else str(count))
    get_settings.cache_clear()


def working_rows(warehouse: Warehouse) -> dict[str, list[Any]]:
    """What the partitioned steps of the newest run wrote."""
    return {
        table: sorted(warehouse.execute(f"select {columns} from {table}".encode()).fetchall(), key=repr)
        for table, columns in WORKING_TABLES.items()
    }


def recorded_steps(warehouse: Warehouse) -> set[str]:
    """Steps of the newest run."""
    newest = "select step from ops.run_steps where run_id = (select max(id) from ops.ingestion_runs)"
    return {step for (step,) in warehouse.execute(newest)}


def run_whole() -> None:
    """A run as a small batch does it: each step for all keys at once."""
    run_id = runs.open_run("identity_run")
    for step in step_names(DAG, None):
        run_step(DAG, step, run_id)
    runs.close_run(run_id, runs.steps_of(load_dag(DAG)))


def test_one_two_and_five_partitions_and_a_small_batch_leave_the_same(
    loaded: str, copy_of: Callable[[str], Warehouse], monkeypatch: pytest.MonkeyPatch
) -> None:
    found: dict[int | None, list[Any]] = {}
    for count in (None, 1, 2, 5):
        warehouse = copy_of(loaded)
        set_partitions(monkeypatch, count or 1)
        run = ingest if count else run_whole
        run()
        numbers = [f"_{number}" for number in range(1, count + 1)] if count else [""]
        assert {f"{step}{number}" for step in PARTITIONED for number in numbers} <= recorded_steps(warehouse)
        first = working_rows(warehouse), results.settled(warehouse)
        touch(warehouse, 200, round_number=1)  # changed rows: links contested, records evaluated again
        run()
        found[count] = [*first, results.settled(warehouse)]

    working, settled, _ = found[1]
    assert all(working.values())
    assert len(settled["canon.identity_links"]) > 500
    assert len(settled["canon.identity_unmatched"]) > 50
    assert any(json.loads(row)["candidates_preview"] for row in settled["canon.identity_unmatched"])
    for count in (None, 2, 5):
        for one, other in zip(found[1], found[count], strict=True):
            for table, rows in one.items():
                assert other[table] == rows, f"{table} with {count or 'no'} partitions"


def test_each_partition_is_a_task_and_the_setting_needs_no_new_version_of_the_dag(
    warehouse: Warehouse, airflow_metadata: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_batch, "MOST_ROWS", -1)
    crashes.today(warehouse)
    load_dag.cache_clear()
    dag = load_dag(DAG)
    for count in (3, 1):
        set_partitions(monkeypatch, count)
        run = dag.test()
        assert run.state == "success"
        indexes: dict[str, list[int]] = {}
        for task in run.get_task_instances():
            assert task.state == "success", task.task_id
            indexes.setdefault(task.task_id.rsplit(".", 1)[-1], []).append(task.map_index)
            if task.map_index >= 0:
                assert task.rendered_map_index == str(task.map_index + 1)
        mapped = {task: sorted(found) for task, found in indexes.items() if found != [-1]}
        assert mapped == {task: list(range(count)) for task in PARTITIONED}
        expected = {step.rsplit(".", 1)[-1] for step in step_names(DAG, count)}
        assert recorded_steps(warehouse) == expected
    load_dag.cache_clear()


def test_a_failed_partition_fails_the_run_under_its_number(
    warehouse: Warehouse, airflow_metadata: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_batch, "MOST_ROWS", -1)
    crashes.today(warehouse)
    warehouse.execute(
        "create function public.refuse() returns trigger language plpgsql as"
        " $$ begin if new.source_pk = 'l5' then raise exception 'the disk is full'; end if; return new; end $$;"
        " create trigger refuse before insert on canon.decisions_this_run for each row execute function public.refuse()"
    )
    ((number,),) = warehouse.execute(
        "select n from generate_series(1, 2) as n where canon.is_in_partition('l5', n, 2)"
    ).fetchall()
    load_dag.cache_clear()
    dag = load_dag(DAG)
    for task in dag.tasks:
        task.retries = 0
    run = dag.test()
    load_dag.cache_clear()
    assert run.state == "failed"
    ((status, error),) = warehouse.execute("select status::text, error_message from ops.ingestion_runs").fetchall()
    assert status == "FAILED"
    assert error.startswith(f"decide.decide_{number}: ")
    assert "the disk is full" in error
    # Which partition runs first is not fixed: the other one has run before the failure, or the failed run refuses it.
    assert f"decide_{number}" not in recorded_steps(warehouse)
    assert not any(step.startswith("assign_persons") for step in recorded_steps(warehouse))


def test_a_run_keeps_its_partitions_when_the_setting_changes(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashes.today(warehouse)
    set_partitions(monkeypatch, 5)
    run_id = runs.open_run("identity_run", dag_id=DAG, dag_run_id="manual__1")
    steps = step_names(DAG, 5)
    until = steps.index("decide.decide_3")
    for step in steps[:until]:
        run_step(DAG, step, run_id)

    set_partitions(monkeypatch, 2)
    assert runs.open_run("identity_run", dag_id=DAG, dag_run_id="manual__1") == run_id, "a repeated open_run"
    assert partitions_of_run(warehouse, run_id) == 5
    batch = load_dag(DAG).get_task("prepare.start_batch")
    monkeypatch.setattr(batch, "parameters", {"run_id": run_id})
    monkeypatch.setattr(batch, "sql", ["select 1"])
    assert batch.execute({}) == [1, 2, 3, 4, 5]
    for step in (*steps[steps.index("match.weigh_candidates_by_name_4") : until], *steps[until:]):  # some a second time
        run_step(DAG, step, run_id)
    runs.close_run(run_id, runs.steps_of(load_dag(DAG)))

    decided = "select count(*), count(distinct (source_table, source_pk)) from canon.decisions_this_run"
    records = warehouse.execute("select count(*), count(*) from canon.records_index").fetchall()
    assert warehouse.execute(decided).fetchall() == records
    assert warehouse.execute("select count(*) from canon.evaluation_queue").fetchone() == (0,)


def test_a_run_with_a_partition_missing_does_not_complete(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_partitions(monkeypatch, 3)
    run_id = ingest()
    warehouse.execute("update ops.ingestion_runs set status = 'RUNNING'")
    warehouse.execute("delete from ops.run_steps where step in ('decide_2', 'link')")
    with pytest.raises(errors.RunIncomplete, match="decide_2, link"):
        runs.close_run(run_id, runs.steps_of(load_dag(DAG)))


@pytest.mark.parametrize(
    ("done", "missing"),
    [
        (["a_1", "a_2", "b"], []),
        (["a", "b"], []),
        (["a", "a_1", "b"], []),
        (["a_1", "b"], ["a_2"]),
        (["b"], ["a"]),
        (["a_1", "a_2"], ["b"]),
        (["a_3", "b"], ["a"]),
    ],
)
def test_a_step_is_done_by_all_partitions_or_for_all_keys(done: list[str], missing: list[str]) -> None:
    assert missing_steps(["a", "b"], done, 2) == missing


def test_a_run_opened_before_there_were_partitions_has_one(warehouse: Warehouse) -> None:
    run_id = runs.open_run("identity_run")
    warehouse.execute("update ops.ingestion_runs set parameters = parameters - 'partitions'")
    assert partitions_of_run(warehouse, run_id) == 1


@pytest.mark.parametrize(("cores", "partitions"), [(1, 1), (2, 2), (8, 8), (9, 8), (64, 8)])
def test_unset_it_is_the_cores_of_the_machine_up_to_eight(
    monkeypatch: pytest.MonkeyPatch, cores: int, partitions: int
) -> None:
    set_partitions(monkeypatch, None)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    assert partitions_of_settings(get_settings()) == partitions
    set_partitions(monkeypatch, 3)
    assert partitions_of_settings(get_settings()) == 3


@pytest.mark.parametrize(
    ("value", "is_refused"), [("0", True), ("1", False), ("64", False), ("65", True), ("2.5", True)]
)
def test_it_is_a_whole_number_from_1_to_64(monkeypatch: pytest.MonkeyPatch, value: str, is_refused: bool) -> None:
    monkeypatch.setenv("CONTROL_TOWER_PARTITIONS", value)
    if is_refused:
        with pytest.raises(errors.SettingsInvalid, match="CONTROL_TOWER_PARTITIONS"):
            get_settings()
    else:
        assert get_settings().partitions == int(value)
