"""The embedded server runs while somebody needs it, and not longer."""

from __future__ import annotations

import pytest

from devtools.local import server_refcount
from devtools.local.airflow_home import LocalFolders
from devtools.local.embedded import ensure_server, existing_server


@pytest.fixture
def project(lasting_project: LocalFolders) -> LocalFolders:
    """A project whose server is stopped."""
    server = existing_server(lasting_project.postgres)
    if server:
        server.stop()
    return lasting_project


def test_the_only_user_stops_the_server(project: LocalFolders) -> None:
    with server_refcount.server(project) as server:
        assert server.pid is not None
    assert not server_refcount.server_is_running(project)


def test_the_last_of_several_users_stops_the_server(project: LocalFolders) -> None:
    first, second = server_refcount.server(project), server_refcount.server(project)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert server_refcount.server_is_running(project)
    second.__exit__(None, None, None)
    assert not server_refcount.server_is_running(project)


def test_a_server_that_ran_before_runs_on(project: LocalFolders) -> None:
    ensure_server(project.postgres)
    with server_refcount.server(project):
        pass
    assert server_refcount.server_is_running(project)


def test_up_during_a_demo_keeps_the_server_after_it(project: LocalFolders) -> None:
    with server_refcount.server(project):
        server_refcount.keep_running(project)
    assert server_refcount.server_is_running(project)


def test_down_during_a_demo_leaves_the_server_to_it(project: LocalFolders) -> None:
    with server_refcount.server(project):
        server_refcount.keep_running(project)
        assert not server_refcount.stop_when_idle(project)
        assert server_refcount.server_is_running(project)
    assert not server_refcount.server_is_running(project)


def test_down_without_users_stops_at_once(project: LocalFolders) -> None:
    ensure_server(project.postgres)
    assert server_refcount.stop_when_idle(project)
    assert not server_refcount.server_is_running(project)
    assert not server_refcount.stop_when_idle(project)


def test_an_error_of_the_user_stops_the_server_too(project: LocalFolders) -> None:
    with pytest.raises(KeyError), server_refcount.server(project):
        raise KeyError
    assert not server_refcount.server_is_running(project)
