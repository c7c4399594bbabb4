"""What can be typed: PostgreSQL's client on the warehouse, and where it is refused."""

from __future__ import annotations

import pytest

from devtools.local import __main__ as command
from devtools.local.airflow_home import WAREHOUSE_CONNECTION, LocalFolders
from devtools.local.errors import LocalError


def test_psql_asks_the_warehouse_of_this_folder(
    lasting_project: LocalFolders, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(WAREHOUSE_CONNECTION, raising=False)
    assert command.psql(lasting_project, ["-Atc", "select current_database()"]) == 0
    assert capfd.readouterr().out == "control_tower\n"
    assert command.psql(lasting_project, ["-c", "select 1/0", "-v", "ON_ERROR_STOP=1"]) != 0


def test_psql_does_not_pretend_that_another_warehouse_is_this_one(
    project: LocalFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WAREHOUSE_CONNECTION, "postgres://user@elsewhere/fleet")
    with pytest.raises(LocalError, match="names another warehouse"):
        command.psql(project, [])
    assert not project.postgres.exists()
