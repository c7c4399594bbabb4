"""What steps read and write, as Airflow's collector of lineage is told."""

from __future__ import annotations

from inspect import getclosurevars
from typing import Any

import pytest
from airflow.sdk import lineage as airflow_lineage

from control_tower import lineage
from control_tower.attribution.ledger import refresh_ledger
from control_tower.database import SQL_DIR
from control_tower.identity.match_files import DECIDE
from control_tower.operators import SqlStep
from control_tower.payments.read_models import refresh_partner_claims, refresh_scout_payments
from tests.pipeline import load_dag


def test_a_sql_step_reads_the_tables_below_its_source_views_and_writes_its_targets() -> None:
    found = lineage.of_files(["pipeline/1_normalise/drivers.sql"])
    assert {"public.drivers", "canon.drivers_index"} <= found.inputs
    assert found.outputs == {"canon.drivers_index", "canon.dirty_keys", "canon.cabinet_claims_queue"}
    assert "public.module_ct_scouting_daily" in lineage.of_files(["pipeline/1_normalise/read_records.sql"]).inputs
    assert "canon.decisions_this_run" in lineage.of_files([DECIDE]).outputs
    names = lineage.of_texts(["select driver.full_name from canon.read_drivers_names() as driver"])
    assert names.inputs == {"public.drivers"}


def test_a_python_step_reads_and_writes_what_its_files_do_and_no_others() -> None:
    ledger = lineage.of_function(refresh_ledger)
    assert "observational.lead_events" in ledger.inputs
    assert "observational.lead_ledger" in ledger.outputs
    claims, payments = lineage.of_function(refresh_partner_claims), lineage.of_function(refresh_scout_payments)
    assert "canon.partner_claims" in claims.outputs
    assert "canon.scout_payments" in payments.outputs
    assert "canon.scout_payments" not in claims.outputs
    assert "canon.partner_claims" not in payments.outputs


def test_every_relation_named_by_a_file_of_the_pipelines_exists(warehouse) -> None:
    for file in sorted((SQL_DIR / "pipeline").rglob("*.sql")):
        found = lineage.of_files([file.relative_to(SQL_DIR).as_posix()])
        for name in found.inputs | found.outputs:
            ((exists,),) = warehouse.execute("select to_regclass(%s) is not null", (name,)).fetchall()
            assert exists, f"{file.name}: {name}"


@pytest.mark.parametrize("dag_id", ["identity_ingestion", "scout_attribution_refresh"])
def test_every_relation_named_by_a_python_step_exists(dag_id: str, warehouse) -> None:
    steps = [task.python_callable for task in load_dag(dag_id).tasks if hasattr(task, "python_callable")]
    functions = [found for step in steps if (found := getclosurevars(step).nonlocals.get("function"))]
    assert len(functions) > 5
    assert any(lineage.of_function(function).outputs for function in functions)
    for function in functions:
        found = lineage.of_function(function)
        for name in found.inputs | found.outputs:
            ((exists,),) = warehouse.execute("select to_regclass(%s) is not null", (name,)).fetchall()
            assert exists, f"{function.__name__}: {name}"


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch):
    """Airflow's collector, as if a provider read it."""
    found = airflow_lineage.HookLineageCollector()
    monkeypatch.setattr(airflow_lineage, "get_hook_lineage_collector", lambda: found)
    return found


def uris(assets: Any) -> set[str]:
    return {info.asset.uri for info in assets}


def test_both_kinds_of_steps_tell_the_collector(warehouse, airflow_metadata, collector, monkeypatch) -> None:
    dag = load_dag("scout_attribution_refresh")
    for task in dag.tasks:
        task.retries = 0
    assert dag.test().state == "success"
    load_dag.cache_clear()
    told = collector.collected_assets
    ((database,),) = warehouse.execute("select current_database()").fetchall()
    inputs, outputs = uris(told.inputs), uris(told.outputs)
    assert all(uri.startswith("postgres://") for uri in inputs | outputs)
    assert any(uri.endswith(f"/{database}/observational/lead_ledger") for uri in outputs)
    assert any(uri.endswith(f"/{database}/ops/scout_attribution_daily") for uri in outputs), "a SQL step"
    assert any(uri.endswith(f"/{database}/public/module_ct_cabinet_payments") for uri in inputs)


def test_while_nobody_collects_nothing_is_worked_out(monkeypatch) -> None:
    airflow_lineage.get_hook_lineage_collector.cache_clear()
    lineage.report(lambda: pytest.fail("nobody asked"))


def test_the_sql_provider_adds_nothing_of_its_own() -> None:
    step = SqlStep(files=["pipeline/1_normalise/drivers.sql"], run_id=1)
    assert step.get_openlineage_facets_on_start() is None
    assert step.get_openlineage_facets_on_complete(None) is None


def test_a_fault_of_the_collector_is_a_line_of_the_log(collector, monkeypatch, caplog) -> None:
    monkeypatch.setattr(collector, "add_output_asset", lambda *_, **__: 1 / 0)
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", "postgres://host.example/db")
    lineage.report(lambda: lineage.Lineage(frozenset(), frozenset({"ops.x"})))
    assert "ZeroDivisionError" in caplog.text
