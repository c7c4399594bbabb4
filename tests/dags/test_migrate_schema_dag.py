"""The DAG migrate_schema, run in one process as `airflow dags test` does."""

from __future__ import annotations

import pytest


@pytest.fixture
def migrate_schema_dag(airflow_metadata, monkeypatch):
    from control_tower.airflow_dags.migrate_schema import migrate_schema

    return migrate_schema()


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
    assert migrate_schema_dag.dag_id == "migrate_schema"
    assert migrate_schema_dag.max_active_runs == 1
    assert not migrate_schema_dag.catchup
    assert migrate_schema_dag.doc_md.startswith("### ")
