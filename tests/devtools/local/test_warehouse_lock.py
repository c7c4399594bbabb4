"""A demo has the warehouse to itself: the scheduler is stopped, and a second demo and `up` wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from devtools.local import airflow_home, processes, server_refcount, services, warehouse_lock
from devtools.local.airflow_home import LocalFolders
from devtools.local.embedded import EmbeddedServer

VARIABLES = {"AIRFLOW_HOME": "here"}


@pytest.fixture(scope="module")
def server(lasting_project: LocalFolders) -> Iterator[EmbeddedServer]:
    """A metadata database that knows of no run."""
    with server_refcount.server(lasting_project) as running:
        with psycopg.connect(running.uri(airflow_home.METADATA_DATABASE)) as metadata:
            metadata.execute("create table dag_run (dag_id text, state text)")
        yield running


@pytest.fixture
def done(project: LocalFolders, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done with a scheduler that runs, in order."""
    done: list[str] = []

    def stop(_: LocalFolders) -> dict[str, str]:
        done.append("stop")
        return VARIABLES

    def restart(_: LocalFolders, __: EmbeddedServer, variables: dict[str, str]) -> str:
        assert variables == VARIABLES
        done.append("restart")
        return "http://127.0.0.1:4711"

    monkeypatch.setattr(processes, "is_running", lambda record: record.stem == "scheduler")
    monkeypatch.setattr(services, "stop_scheduler", stop)
    monkeypatch.setattr(services, "restart_scheduler", restart)
    return done


def test_the_scheduler_is_stopped_and_restarted_however_the_demo_ends(
    project: LocalFolders, server: EmbeddedServer, done: list[str]
) -> None:
    notices: list[str] = []

    def demo() -> None:
        with warehouse_lock.exclusive_warehouse(project, server, notices.append):
            done.append("demo")
            raise KeyError

    with pytest.raises(KeyError):
        demo()
    assert done == ["stop", "demo", "restart"]
    assert "its scheduler stops" in notices[0]
    assert "http://127.0.0.1:4711" in notices[-1]


def test_running_dags_end_before_the_scheduler_stops(
    project: LocalFolders, server: EmbeddedServer, done: list[str]
) -> None:
    notices: list[str] = []
    with psycopg.connect(server.uri(airflow_home.METADATA_DATABASE), autocommit=True) as metadata:
        metadata.execute("insert into dag_run values ('identity_ingestion', 'running'), ('other', 'success')")

        def end() -> None:
            done.append("run ends")
            metadata.execute("update dag_run set state = 'success'")

        later = threading.Timer(0.7, end)
        later.start()
        with warehouse_lock.exclusive_warehouse(project, server, notices.append):
            pass
        later.join()
    assert done == ["run ends", "stop", "restart"]
    assert notices[1] == "Waiting for running DAGs: identity_ingestion."


def test_a_run_that_does_not_end_is_not_waited_for_for_ever(
    project: LocalFolders, server: EmbeddedServer, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warehouse_lock, "PATIENCE_SECONDS", 0.2)
    with psycopg.connect(server.uri(airflow_home.METADATA_DATABASE), autocommit=True) as metadata:
        metadata.execute("insert into dag_run values ('identity_ingestion', 'running')")
        with warehouse_lock.exclusive_warehouse(project, server, lambda _: None):
            pass
        metadata.execute("delete from dag_run")
    assert done == ["stop", "restart"]


def test_without_a_scheduler_nothing_is_printed_or_started(project: LocalFolders, server: EmbeddedServer) -> None:
    notices: list[str] = []
    with warehouse_lock.exclusive_warehouse(project, server, notices.append):
        pass
    assert notices == []
    assert not services.any_running(project)


def test_a_second_demo_and_up_wait_for_the_first(
    project: LocalFolders, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def second() -> None:
        with warehouse_lock.exclusive_warehouse(project, server, lambda _: order.append("second waits")):
            order.append("second")

    def up(_: LocalFolders) -> dict[str, str]:
        order.append("up")
        raise LookupError

    def start_up() -> None:
        with pytest.raises(LookupError):
            services.up(project, on_wait=lambda: order.append("up waits"))

    monkeypatch.setattr(airflow_home, "passwords", up)
    waiting = [threading.Thread(target=second), threading.Thread(target=start_up)]
    with warehouse_lock.exclusive_warehouse(project, server, lambda _: None):
        for thread in waiting:
            thread.start()
        until = time.monotonic() + 10
        while len(order) < 2 and time.monotonic() < until:
            time.sleep(0.02)
        assert sorted(order) == ["second waits", "up waits"]
        order.append("first ends")
    for thread in waiting:
        thread.join(10)
    assert sorted(order[3:]) == ["second", "up"]
