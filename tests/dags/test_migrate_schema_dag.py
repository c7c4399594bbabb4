"""The DAG migrate_schema, run in one process as `airflow dags test` does."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

DAG_FILE = Path(__file__).resolve().parents[2] / "dags" / "migrate_schema.py"


@pytest.fixture
def migrate_schema_dag(airflow_metadata, monkeypatch):
    spec = importlib.util.spec_from_file_location("migrate_schema_dag_file", DAG_FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.migrate_schema()


def connect_airflow_to(database, server, monkeypatch) -> None:
    name = database.query("select current_database()")[0][0]
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(name))


def test_it_prepares_the_database_of_the_connection(migrate_schema_dag, empty_database, server, monkeypatch) -> None:
    connect_airflow_to(empty_database, server, monkeypatch)

    run = migrate_schema_dag.test()

    assert run.state == "success"
    assert empty_database.query("select count(*) from canon.identity_links") == [(0,)]


def test_print_only_changes_nothing(migrate_schema_dag, empty_database, server, monkeypatch) -> None:
    connect_airflow_to(empty_database, server, monkeypatch)

    run = migrate_schema_dag.test(run_conf={"print_only": True})

    assert run.state == "success"
    assert empty_database.query("select count(*) from pg_namespace where nspname = 'ops'") == [(0,)]


def test_it_waits_for_nobody_and_explains_itself(migrate_schema_dag) -> None:
    assert migrate_schema_dag.dag_id == DAG_FILE.stem
    assert migrate_schema_dag.max_active_runs == 1
    assert not migrate_schema_dag.catchup
    assert migrate_schema_dag.doc_md.startswith("### ")
