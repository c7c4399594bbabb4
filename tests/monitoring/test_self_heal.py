"""Which stale pipelines are started by themselves, and what happens when Airflow does not take the request."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from control_tower.monitoring.self_heal import plan_runs
from tests.pipeline import load_dag

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("states", "run_status", "is_healed"),
    [
        (["YELLOW_INGESTION_STALE"], "COMPLETED", True),
        (["RED_INGESTION_STALE"], "COMPLETED", True),
        (["RED_NO_INGESTION"], None, True),
        (["RED_INGESTION_STALE", "YELLOW_NO_NEW_DATA"], "COMPLETED", True),
        (["RED_INGESTION_STALE", "RED_RUN_FAILED"], "FAILED", False),
        (["RED_RUN_FAILED", "YELLOW_INGESTION_STALE"], "FAILED", False),
        (["RED_NO_INGESTION", "RED_RUN_FAILED"], "FAILED", False),
        (["RED_INGESTION_STALE", "YELLOW_DAG_PAUSED"], "COMPLETED", False),
        (["RED_INGESTION_STALE"], "RUNNING", False),
        (["RED_RUN_FAILED"], "FAILED", False),
    ],
)
def test_a_pipeline_that_is_stale_and_nothing_else_that_forbids_it_is_started(
    states: list[str], run_status: str | None, is_healed: bool
) -> None:
    details = {"dag_id": "identity_ingestion", "states": states, "run_status": run_status}
    problems = {"pipeline.identity_run": {"state": states[0], "details": details}}
    assert bool(plan_runs(7, problems, {}, NOW)) is is_healed


def test_a_request_that_airflow_refuses_stops_neither_the_alerts_nor_the_heartbeat() -> None:
    dag = load_dag("pipeline_health")
    for task_id in ("send_heartbeat", "send_alerts"):
        assert not {"heal", "confirm_heals"} & dag.get_task(task_id).get_flat_relative_ids(upstream=True), task_id
    assert dag.get_task("confirm_heals").upstream_task_ids == {"heal"}, "only what Airflow took is noted as started"
