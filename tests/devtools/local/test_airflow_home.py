"""The local Airflow is configured by environment variables, with secrets that only their owner can read."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from devtools.local import airflow_home
from devtools.local.airflow_home import LocalFolders
from devtools.local.embedded import EmbeddedServer


def test_everything_stays_in_the_project_folder(project: LocalFolders, embedded: EmbeddedServer) -> None:
    variables = airflow_home.environment(project, embedded, base={})
    paths = {name: text for name, text in variables.items() if text.startswith("/") and name != "PATH"}
    assert {"AIRFLOW_HOME", "AIRFLOW__CORE__DAGS_FOLDER", "AIRFLOW__LOGGING__BASE_LOG_FOLDER"} <= set(paths)
    assert [name for name, path in paths.items() if not path.startswith(str(project.project))] == []


def test_a_warehouse_named_by_the_user_is_used(project: LocalFolders, embedded: EmbeddedServer) -> None:
    base = {"AIRFLOW_CONN_CONTROL_TOWER": "postgres://reader@warehouse.example/fleet"}
    variables = airflow_home.environment(project, embedded, base=base)
    assert variables["AIRFLOW_CONN_CONTROL_TOWER"] == base["AIRFLOW_CONN_CONTROL_TOWER"]
    assert variables["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == embedded.sqlalchemy_uri("airflow")


def test_another_airflow_of_the_user_is_left_alone(project: LocalFolders, embedded: EmbeddedServer) -> None:
    base = {
        "AIRFLOW_HOME": "/elsewhere",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://elsewhere/airflow",
    }
    variables = airflow_home.environment(project, embedded, base=base)
    assert "elsewhere" not in " ".join(variables.values())


def test_a_preference_of_the_user_wins(project: LocalFolders, embedded: EmbeddedServer) -> None:
    variables = airflow_home.environment(project, embedded, base={"AIRFLOW__CORE__PARALLELISM": "16"})
    assert variables["AIRFLOW__CORE__PARALLELISM"] == "16"


def test_every_address_uses_the_chosen_port(project: LocalFolders, embedded: EmbeddedServer) -> None:
    variables = airflow_home.environment(project, embedded, port=8123, base={})
    for name in ("AIRFLOW__API__BASE_URL", "AIRFLOW__CORE__EXECUTION_API_SERVER_URL"):
        assert variables[name].startswith("http://127.0.0.1:8123")
    assert variables["AIRFLOW__API__PORT"] == "8123"


def test_a_proxy_never_stands_between_worker_and_api_server(project: LocalFolders, embedded: EmbeddedServer) -> None:
    variables = airflow_home.environment(project, embedded, base={"no_proxy": "internal.example"})
    assert variables["NO_PROXY"] == variables["no_proxy"] == "127.0.0.1,localhost,internal.example"


@pytest.mark.parametrize("name", ["fernet.key", "jwt-secret.key", "api-secret.key"])
def test_secrets_are_private_made_once_and_differ_between_projects(
    project: LocalFolders, embedded: EmbeddedServer, name: str
) -> None:
    airflow_home.environment(project, embedded, base={})
    path = project.airflow / name
    first = path.read_text()
    airflow_home.environment(project, embedded, base={})
    other = LocalFolders(project.project / "other")
    airflow_home.environment(other, embedded, base={})
    assert len(first) >= 44
    assert path.read_text() == first != (other.airflow / name).read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_passwords_are_those_that_airflow_reads(project: LocalFolders) -> None:
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(airflow_home.passwords, [project] * 4))
    stored = json.loads((project.airflow / "passwords.json").read_text())
    assert drawn == [stored] * 4
    assert list(stored) == ["admin", "operator", "viewer"]
    assert len(set(stored.values())) == 3


def test_who_had_a_password_keeps_it_when_others_join(project: LocalFolders, embedded: EmbeddedServer) -> None:
    project.airflow.mkdir(parents=True)
    (project.airflow / "passwords.json").write_text(json.dumps({"admin": "as before"}))
    known = airflow_home.passwords(project)
    assert known["admin"] == "as before"
    assert json.loads((project.airflow / "passwords.json").read_text()) == known
    assert stat.S_IMODE((project.airflow / "passwords.json").stat().st_mode) == 0o600
    users = airflow_home.environment(project, embedded, base={})["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"]
    assert users == "admin:ADMIN,operator:USER,viewer:VIEWER"
