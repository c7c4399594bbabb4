"""A wheel is all that an Airflow needs: plugin, provider, DAG factories and SQL."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from email.parser import HeaderParser
from pathlib import Path

import control_tower
from control_tower.database import find_sql_dir
from control_tower.jobs import DAG_OF_JOB, MANUAL_DAGS
from tests.package.conftest import PROJECT, Home

EVERY_DAG = (*DAG_OF_JOB.values(), *MANUAL_DAGS, "pipeline_health")


def test_it_holds_every_file_of_the_package_and_of_the_sql_folder_the_runbook_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    package = PROJECT / "plugins" / "control_tower"
    expected = {
        f"{target}/{file.relative_to(folder).as_posix()}"
        for folder, target in ((package, "control_tower"), (PROJECT / "sql", "control_tower/sql"))
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and not file.name.startswith(".")
    }
    expected |= {f"control_tower/docs/runbook.{language}.md" for language in ("es", "en")}
    assert names == expected


def test_its_metadata_name_version_ranges_and_extras(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
    metadata = HeaderParser().parsestr(archive.read(name).decode())
    assert metadata["Version"] == control_tower.__version__
    assert metadata["Requires-Python"] == "<3.14,>=3.11"
    assert set(metadata.get_all("Provides-Extra")) == {"smtp", "slack", "notify", "local"}
    required = metadata.get_all("Requires-Dist")
    assert "apache-airflow<4,>=3.2" in required
    assert not [line for line in required if "==" in line.partition(";")[0] or "~=" in line]


def test_airflow_finds_plugin_and_provider(home: Home) -> None:
    plugins = home.airflow("plugins", "--output", "plain")
    assert "control_tower" in plugins
    assert "EntryPoint" in plugins
    providers = home.airflow("providers", "list", "--output", "plain")
    (ours,) = (line for line in providers.splitlines() if line.startswith("control-tower "))
    assert ours.split()[-1] == control_tower.__version__


def test_beside_the_same_plugin_in_the_plugins_folder_it_loads_once_and_says_so(home: Home) -> None:
    file = PROJECT / "plugins" / "control_tower_plugin.py"
    (home.folder / "plugins" / file.name).write_text(file.read_text())
    found = home.run(
        "-c",
        "from airflow import plugins_manager as m\n"
        "found, errors = m._get_plugins()\n"
        "print([p.name for p in found if 'tower' in p.name], errors)",
    )
    assert "['control_tower'] {}" in found.stdout, found.stdout + found.stderr
    assert "is an installed package and lies in the plugins folder" in found.stdout + found.stderr


def test_two_lines_for_each_dag_import_without_error(home: Home, two_lines: Callable[..., str]) -> None:
    for name in EVERY_DAG:
        (home.dags / f"{name}.py").write_text(two_lines(name))
    assert "No data found" in home.airflow("dags", "list-import-errors")
    listed = home.run("-c", COUNT_DAGS)
    assert listed.stdout.split()[-len(EVERY_DAG) :] == sorted(EVERY_DAG), listed.stdout + listed.stderr


COUNT_DAGS = """
import os
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(dag_folder=os.environ["AIRFLOW_HOME"] + "/dags", load_op_links=False)
print(bag.import_errors, *sorted(bag.dags))
"""


def test_a_first_run_is_green_on_a_given_database(
    home: Home, two_lines: Callable[..., str], empty_database, server
) -> None:
    (home.dags / "prepare.py").write_text(two_lines("migrate_schema"))
    (home.dags / "ours.py").write_text(
        two_lines("identity_ingestion", "schedule='@daily', tags=['fleet']") + two_lines("pipeline_health")
    )
    (name,) = empty_database.query("select current_database()")[0]
    connection = {"AIRFLOW_CONN_CONTROL_TOWER": server.airflow_uri(name)}
    home.airflow("dags", "test", "migrate_schema", **connection)
    empty_database.query("insert into drivers (driver_id, full_name, phone) values ('d1', 'Rosa Quispe', '987654321')")
    home.airflow("dags", "test", "identity_ingestion", **connection)
    assert empty_database.query("select status, dag_id from ops.ingestion_runs") == [
        ("COMPLETED", "identity_ingestion")
    ]
    assert empty_database.query("select distinct status from ops.check_results") == [("OK",)]


def test_the_sql_folder_is_that_of_the_wheel_or_beside_plugins(site_packages: Path, home: Home) -> None:
    assert find_sql_dir(site_packages / "control_tower") == site_packages / "control_tower" / "sql"
    assert find_sql_dir(PROJECT / "plugins" / "control_tower") == PROJECT / "sql"
    used = home.run("-c", "from control_tower.database import SQL_DIR; print(SQL_DIR)")
    assert used.stdout.strip() == str(site_packages / "control_tower" / "sql"), used.stderr
