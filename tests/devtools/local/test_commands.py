"""What can be typed: PostgreSQL's client on the warehouse, and where it is refused."""

from __future__ import annotations

import pytest

from devtools.demo import database
from devtools.demo.database import create_demo_database
from devtools.local import __main__ as command
from devtools.local import server_refcount
from devtools.local.airflow_home import (
    DEMO_DATABASE,
    WAREHOUSE_CONNECTION,
    WAREHOUSE_DATABASE,
    LocalFolders,
    environment,
)
from devtools.local.embedded import EmbeddedServer
from devtools.local.errors import LocalError


def test_psql_asks_the_warehouse_of_this_folder(
    lasting_project: LocalFolders, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(WAREHOUSE_CONNECTION, raising=False)
    assert command.psql(lasting_project, ["-Atc", "select current_database()"]) == 0
    assert capfd.readouterr().out == "control_tower\n"
    assert command.psql(lasting_project, ["-c", "select 1/0", "-v", "ON_ERROR_STOP=1"]) != 0


def test_after_a_demo_psql_and_airflow_work_on_its_database(
    lasting_project: LocalFolders, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(database, "LocalFolders", lambda: lasting_project)
    with server_refcount.server(lasting_project) as server:
        monkeypatch.setenv(WAREHOUSE_CONNECTION, server.airflow_connection_uri(WAREHOUSE_DATABASE))
        assert create_demo_database().is_local
        monkeypatch.delenv(WAREHOUSE_CONNECTION)
        variables = environment(lasting_project, server)
        assert variables[WAREHOUSE_CONNECTION] == server.airflow_connection_uri(DEMO_DATABASE)
        assert command.psql(lasting_project, ["-Atc", "select current_database()"]) == 0
    assert capfd.readouterr().out == "control_tower_demo\n"


def test_a_database_that_no_demo_made_is_not_taken_for_the_demo_s(
    project: LocalFolders, embedded: EmbeddedServer
) -> None:
    embedded.create_database(DEMO_DATABASE)
    assert environment(project, embedded, base={})[WAREHOUSE_CONNECTION].endswith("/control_tower")


def test_psql_does_not_pretend_that_another_warehouse_is_this_one(
    project: LocalFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WAREHOUSE_CONNECTION, "postgres://user@elsewhere/fleet")
    with pytest.raises(LocalError, match="names another warehouse"):
        command.psql(project, [])
    assert not project.postgres.exists()
