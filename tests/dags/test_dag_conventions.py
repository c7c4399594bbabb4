"""What every DAG file of the project has in common."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

DAGS = Path(__file__).resolve().parents[2] / "dags"
FILES = sorted(DAGS.glob("*.py"))
FACTORIES = DAGS.parent / "plugins" / "control_tower" / "airflow_dags"


@pytest.fixture(scope="module")
def bag() -> Any:
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(dag_folder=str(DAGS), load_op_links=False, collect_dags=True)


def test_every_file_is_imported_without_an_error_and_is_one_dag_of_its_name(bag: Any) -> None:
    assert bag.import_errors == {}
    assert sorted(bag.dags) == [file.stem for file in FILES]


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def dag(bag: Any, request: pytest.FixtureRequest) -> Any:
    return bag.dags[request.param.stem]


def test_it_never_catches_up_and_never_overlaps_itself(dag: Any) -> None:
    assert dag.catchup is False
    assert dag.max_active_runs == 1


def test_its_runbook_is_its_documentation(dag: Any) -> None:
    assert dag.doc_md.startswith("### ")
    for sql_text in (
        "**What.**",
        "**When.**",
        "**Reads**",
        "**Writes**",
        "**Safe to run again?**",
        "**When it is red.**",
    ):
        assert sql_text in dag.doc_md.replace("\n", " "), sql_text
    for word in ("TODO", "FIXME", "/home/", "/work/"):
        assert word not in dag.doc_md


def test_it_is_found_by_its_tags(dag: Any) -> None:
    assert "control-tower" in dag.tags
    assert ("manual" in dag.tags) == (dag.schedule is None)


def test_a_scheduled_dag_retries_and_ends(dag: Any) -> None:
    if dag.schedule is None:
        return  # a human waits for it and reads its error at once
    assert dag.dagrun_timeout is not None
    for task in dag.tasks:
        assert task.retries >= 1, task.task_id
        assert task.retry_delay.total_seconds() >= 10, task.task_id


def test_what_a_health_check_prepares_cannot_keep_it_waiting_for_long(bag: Any) -> None:
    health = bag.dags["pipeline_health"]
    for name in ("close_abandoned_runs", "observe_airflow"):
        task = health.get_task(name)
        attempts = task.retries + 1
        assert attempts * task.execution_timeout + task.retries * task.retry_delay < timedelta(minutes=5), name


def test_its_file_calls_the_factory_of_its_name_and_does_nothing_else(dag: Any) -> None:
    name = dag.dag_id
    called = f"from control_tower.airflow_dags.{name} import {name}\n\n{name}()\n"
    assert Path(dag.fileloc).read_text() == called


def test_its_module_is_a_table_of_contents(dag: Any) -> None:
    text = (FACTORIES / f"{dag.dag_id}.py").read_text()
    assert text.startswith('"""')
    assert len(text.splitlines()) <= 160
    for word in ("select ", "insert into", "update ops", "delete from"):
        assert word not in text.lower(), "SQL lives in sql/"


def test_the_schedules_are_those_of_the_contract(bag: Any) -> None:
    schedules = {
        "identity_ingestion": "0 */6 * * *",
        "scout_attribution_refresh": "0 */4 * * *",
        "pipeline_health": "*/15 * * * *",
    }
    for dag_id, schedule in schedules.items():
        if dag_id in bag.dags:
            assert bag.dags[dag_id].schedule == schedule
            assert str(bag.dags[dag_id].timezone) == "America/Lima"
