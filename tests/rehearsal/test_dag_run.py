"""The manual DAG `rehearse`: what its task returns, and what it refuses."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from control_tower import runs
from control_tower.airflow_dags.rehearse import rehearse as factory
from control_tower.decisions.forms import WAIT_FOR_RUNS
from control_tower.rehearsal.report import ALL_DIFFERENCES, unpacked_rows
from control_tower.runs import RUN_SETTINGS
from tests.identity.sources import driver, lead
from tests.pipeline import load_dag

Warehouse = psycopg.Connection[Any]


def test_its_form_has_the_settings_that_a_run_keeps() -> None:
    dag = factory()
    assert set(dag.params) == set(RUN_SETTINGS)
    assert all(value is None for value in dag.params.dump().values()), "as they are set, unless said"
    (task,) = dag.tasks
    assert (task.retries, task.retry_delay) == (WAIT_FOR_RUNS["retries"], WAIT_FOR_RUNS["retry_delay"])


def run_form(**conf: Any) -> Any:
    load_dag.cache_clear()  # a DAG object remembers the values of its last test run
    return load_dag("rehearse").test(run_conf=conf)


def returned(dag_run: Any, key: str) -> Any:
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    asked = select(XComModel).where(XComModel.run_id == dag_run.run_id, XComModel.key == key)
    with create_session() as session:
        (found,) = session.scalars(asked).all()
        return XComModel.deserialize_value(found)


def test_a_run_returns_the_report_and_all_differences(warehouse: Warehouse, airflow_metadata: None) -> None:
    driver(warehouse, "d1", full_name="Ana Torres Vega", phone="987654321")
    lead(warehouse, "l1", "Ana Torres", park_phone="987654321")
    dag_run = run_form(hot_value_people=3, target_park_id="P1")
    assert str(dag_run.state) == "success"
    report = returned(dag_run, "return_value")
    assert report["changes"] == {
        "hot_value_people": {"before": 5, "after": 3},
        "target_park_id": {"before": None, "after": "P1"},
    }
    rows = list(unpacked_rows(returned(dag_run, ALL_DIFFERENCES)))
    assert len(rows) == report["rows"]
    assert ("link", "added", "l1") in {(row["subject"], row["kind"], row["source_pk"]) for row in rows}
    assert warehouse.execute("select count(*) from canon.identity_links").fetchone() == (0,)
    assert warehouse.execute("select count(*) from ops.ingestion_runs").fetchone() == (0,)


@pytest.mark.parametrize(
    "conf",
    [{"hot_value_peeple": 3}, {"timezone": "America/Nowhere"}, {"reason": "x"}],
)
def test_what_it_does_not_know_fails_without_a_retry(
    warehouse: Warehouse, airflow_metadata: None, conf: dict[str, Any]
) -> None:
    dag_run = run_form(**conf)
    assert str(dag_run.state) == "failed"
    (task,) = dag_run.get_task_instances()
    assert str(task.state) == "failed", "not up_for_retry"


def test_while_a_run_is_active_it_is_retried(warehouse: Warehouse, airflow_metadata: None) -> None:
    from control_tower.errors import RunAlreadyActive
    from control_tower.rehearsal.attempt import rehearse

    runs.open_run("identity_run")
    with pytest.raises(RunAlreadyActive) as refused:
        rehearse()
    assert refused.value.is_retryable
