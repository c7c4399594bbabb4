"""The real DAG, run by Airflow in one process, as `airflow dags test identity_ingestion` does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from control_tower.errors import ChecksFailed
from tests.identity import crashes, results
from tests.pipeline import ingest, load_dag, step_names

Warehouse = psycopg.Connection[Any]
DAG = "identity_ingestion"
LEADS = "module_ct_cabinet_leads"


@pytest.fixture
def dag_test(airflow_metadata: None) -> Callable[..., Any]:
    """Runs the DAG once, or one task `only`, without retries; keyword arguments are its configuration."""

    def run(only: str | None = None, **conf: Any) -> Any:
        load_dag.cache_clear()
        dag = load_dag(DAG)
        if only:
            dag = dag.partial_subset(only, include_upstream=False, include_downstream=False)
        for task in dag.tasks:
            task.retries = 0
        try:
            return dag.test(run_conf=conf)
        finally:
            load_dag.cache_clear()  # tasks that ran keep what Airflow rendered into them

    return run


def last_run(warehouse: Warehouse) -> dict[str, Any]:
    row = warehouse.execute("select to_jsonb(run) from ops.ingestion_runs as run order by id desc limit 1").fetchone()
    assert row is not None
    return dict(row[0])


def test_the_command_of_the_runbook_ends_in_a_completed_run_that_tells_what_it_did(
    warehouse: Warehouse, airflow_metadata: None
) -> None:
    crashes.today(warehouse)
    done = subprocess.run(
        [sys.executable, "-m", "airflow", "dags", "test", DAG],
        capture_output=True,
        text=True,
        env=os.environ,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    run = last_run(warehouse)
    assert (run["status"], run["job_type"], run["error_message"]) == ("COMPLETED", "identity_run", None)
    assert run["dag_id"] == DAG
    assert run["dag_run_id"]
    stats = run["stats"]
    assert stats["records_read"] == {LEADS: 4, "module_ct_migrations": 1, "module_ct_scouting_daily": 1}
    rules = [link.rule for link in results.links(warehouse).values()]
    reasons = list(results.unmatched(warehouse).values())
    assert stats["linked_per_rule"] == {rule: rules.count(rule) for rule in set(rules)}
    assert stats["linked"] == len(rules) - rules.count("DRIVER_MATCH")
    assert stats["unmatched_per_reason"] == {reason: reasons.count(reason) for reason in set(reasons)}
    assert stats["linked"] + stats["unmatched"] == 6
    assert stats["events"] == 5
    assert set(stats["seconds_per_step"]) == {step.rsplit(".", 1)[-1] for step in step_names(DAG, None)}
    assert all(seconds >= 0 for seconds in stats["seconds_per_step"].values())
    checks = warehouse.execute("select distinct status from ops.check_results").fetchall()
    assert checks == [("OK",)]


def test_the_parameters_reach_the_run(warehouse: Warehouse, dag_test: Callable[..., Any]) -> None:
    run = dag_test(
        only="open_run",
        scope_date_from="2026-10-30",
        scope_date_to="2026-10-30",
        source_tables=[LEADS],
        incremental=False,
        refresh_index=False,
    )

    assert run.state == "success"
    kept = last_run(warehouse)
    assert (kept["scope_date_from"], kept["scope_date_to"], kept["incremental"]) == ("2026-10-30", "2026-10-30", False)
    assert kept["parameters"]["source_tables"] == [LEADS]
    assert kept["parameters"]["refresh_index"] is False


@pytest.mark.parametrize(
    "conf",
    [
        {"source_tables": ["drivers"]},
        {"source_tables": LEADS},
        {"scope_date_from": "2026-13-45"},
        {"scope_date_from": "yesterday"},
        {"incremental": "perhaps"},
        {"refresh_index": 2},
    ],
    ids=json.dumps,
)
def test_a_configuration_that_makes_no_sense_is_refused_before_anything_runs(
    warehouse: Warehouse, dag_test: Callable[..., Any], conf: dict[str, Any]
) -> None:
    with pytest.raises(Exception, match=next(iter(conf))):
        dag_test(**conf)
    assert warehouse.execute("select count(*) from ops.ingestion_runs").fetchone() == (0,)


def test_a_period_that_ends_before_it_begins_fails_without_a_run(
    warehouse: Warehouse, dag_test: Callable[..., Any]
) -> None:
    run = dag_test(only="open_run", scope_date_from="2026-11-02", scope_date_to="2026-11-01")
    assert run.state == "failed"
    assert warehouse.execute("select count(*) from ops.ingestion_runs").fetchone() == (0,)


def test_a_failing_task_fails_the_run_with_its_error_and_the_next_run_goes_on(
    warehouse: Warehouse, dag_test: Callable[..., Any]
) -> None:
    crashes.today(warehouse)
    warehouse.execute(
        "create function public.refuse() returns trigger language plpgsql as"
        " $$ begin raise exception 'the disk is full of leads'; end $$;"
        " create trigger refuse before insert on canon.identity_unmatched execute function public.refuse()"
    )
    run = dag_test()

    assert run.state == "failed", "close_run, which always runs, must not hide it"
    failed = last_run(warehouse)
    assert failed["status"] == "FAILED"
    assert failed["completed_at"]
    assert failed["error_message"].startswith("small_batch: ")
    for part in ("the disk is full of leads", f'database "{warehouse.info.dbname}"', f'host "{warehouse.info.host}"'):
        assert part in failed["error_message"]

    warehouse.execute("drop trigger refuse on canon.identity_unmatched")
    ingest()
    assert last_run(warehouse)["status"] == "COMPLETED"


def test_a_broken_invariant_is_an_error_with_its_name(warehouse: Warehouse) -> None:
    crashes.today(warehouse)
    warehouse.execute(
        "create function public.meddle() returns trigger language plpgsql as $$ begin new.person_key := null;"
        " return new; end $$; create trigger meddle before insert on observational.lead_events for each row"
        " execute function public.meddle()"
    )
    with pytest.raises(ChecksFailed, match="every_event_agrees_with_its_link"):
        ingest()
    sample = warehouse.execute(
        "select offenders, sample from ops.check_results where check_name = 'every_event_agrees_with_its_link'"
    ).fetchone()
    assert sample is not None
    assert sample[0] == len(sample[1]) > 0


def test_without_a_database_the_dag_run_fails(dag_test: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", "postgres://ana:s3cret@127.0.0.1:1/warehouse")
    assert dag_test().state == "failed"
