"""Database, DAG files and pages say when they are of different versions of the package."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from control_tower import __version__
from control_tower.migrate import migrate
from control_tower.monitoring.health_check import clock, health_session, run_all_checks

NOTE = "comment on table ops.control_tower_schema_version is %s"


@pytest.fixture
def version_result(warehouse: psycopg.Connection[Any]) -> Any:
    """Runs a health check; returns severity, state and details of the check of versions."""

    def check() -> Any:
        with health_session() as connection:
            run_all_checks(connection, clock(connection), configured={})
        return warehouse.execute(
            "select severity, state, details from ops.v_check_results where check_name = 'health.version'"
        ).fetchone()

    return check


def test_migrate_schema_notes_its_version_and_the_health_check_agrees(version_result) -> None:
    assert version_result() == ("OK", "OK", {"database_version": __version__, "dag_version": __version__})


@pytest.mark.parametrize(("note", "version"), [("Prepared by Control Tower 0.0.9", "0.0.9"), (None, None)])
def test_a_database_of_another_version_is_yellow(
    warehouse: psycopg.Connection[Any], version_result, note: str | None, version: str | None
) -> None:
    noted = psycopg.sql.SQL(NOTE.replace("%s", "{}")).format(note)
    warehouse.execute(noted)
    details = {"database_version": version, "dag_version": __version__}
    assert version_result() == ("YELLOW", "YELLOW_VERSIONS_DIFFER", details)


def test_the_next_migrate_schema_says_which_version_was_there_and_writes_its_own(empty_database) -> None:
    assert migrate(empty_database).warnings == ()
    assert migrate(empty_database).warnings == ()
    empty_database.query("comment on table ops.control_tower_schema_version is 'Prepared by Control Tower 9.9.9'")
    (warning,) = migrate(empty_database).warnings
    assert "9.9.9" in warning
    assert __version__ in warning
    noted = empty_database.query("select obj_description('ops.control_tower_schema_version'::regclass)")
    assert noted == [(f"Prepared by Control Tower {__version__}",)]


def test_a_script_for_a_dba_notes_the_version_too(empty_database) -> None:
    printed = migrate(empty_database, print_sql=True).sql
    assert printed is not None
    assert f"Prepared by Control Tower {__version__}" in printed
