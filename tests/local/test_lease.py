"""The embedded server runs while somebody needs it, and not longer."""

from __future__ import annotations

import pytest

from control_tower.local import lease
from control_tower.local.airflow_home import LocalFolders
from control_tower.local.embedded import ensure_server, existing_server


@pytest.fixture
def project(lasting_project: LocalFolders) -> LocalFolders:
    """A project whose server is stopped."""
    server = existing_server(lasting_project.postgres)
    if server:
        server.stop()
    return lasting_project


def test_the_only_user_stops_the_server(project: LocalFolders) -> None:
    with lease.server(project) as server:
        assert server.pid is not None
    assert not lease.server_is_running(project)


def test_the_last_of_several_users_stops_the_server(project: LocalFolders) -> None:
    first, second = lease.server(project), lease.server(project)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert lease.server_is_running(project)
    second.__exit__(None, None, None)
    assert not lease.server_is_running(project)


def test_a_server_that_ran_before_runs_on(project: LocalFolders) -> None:
    ensure_server(project.postgres)
    with lease.server(project):
        pass
    assert lease.server_is_running(project)


def test_up_during_a_demo_keeps_the_server_after_it(project: LocalFolders) -> None:
    with lease.server(project):
        lease.keep_running(project)
    assert lease.server_is_running(project)


def test_down_during_a_demo_leaves_the_server_to_it(project: LocalFolders) -> None:
    with lease.server(project):
        lease.keep_running(project)
        assert not lease.stop_when_idle(project)
        assert lease.server_is_running(project)
    assert not lease.server_is_running(project)


def test_down_without_users_stops_at_once(project: LocalFolders) -> None:
    ensure_server(project.postgres)
    assert lease.stop_when_idle(project)
    assert not lease.server_is_running(project)
    assert not lease.stop_when_idle(project)


def test_an_error_of_the_user_stops_the_server_too(project: LocalFolders) -> None:
    with pytest.raises(KeyError), lease.server(project):
        raise KeyError
    assert not lease.server_is_running(project)
