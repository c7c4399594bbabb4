"""`up` and `down` with the real Airflow, in a project folder of their own."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import psutil
import psycopg
import pytest
from psycopg import sql

from devtools.local import ports, processes, server_refcount, services, warehouse_lock
from devtools.local.airflow_home import (
    DEMO_COMMENT,
    DEMO_DATABASE,
    WAREHOUSE_CONNECTION,
    LocalFolders,
    warehouse_database,
)
from devtools.local.errors import LocalError


@pytest.fixture
def small_project(lasting_project: LocalFolders, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalFolders]:
    """A project without DAGs whose warehouse needs no migration, and nothing of the tests' own Airflow."""
    for name in [name for name in os.environ if name.startswith("AIRFLOW")]:
        monkeypatch.delenv(name)
    for folder in ("dags", "plugins"):
        (lasting_project.project / folder).mkdir(exist_ok=True)
    with (
        server_refcount.server(lasting_project) as server,
        psycopg.connect(server.uri(warehouse_database(server))) as connection,
    ):
        connection.execute("create schema if not exists ops")
    yield lasting_project
    services.down(lasting_project)


def living(folders: LocalFolders) -> list[psutil.Process]:
    """What `up` started, and every process that was told to work in the project."""
    recorded = [process for record in services.records(folders).values() for process in processes.members(record)]
    return recorded + [p for p in psutil.process_iter() if str(folders.project) in " ".join(arguments(p))]


def arguments(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def log_in(running: services.Running) -> int:
    body = json.dumps({"username": running.user, "password": running.password}).encode()
    request = Request(f"{running.url}/auth/token", data=body, headers={"Content-Type": "application/json"})
    with build_opener(ProxyHandler({})).open(request, timeout=30) as answer:
        return int(answer.status)


def test_airflow_comes_up_makes_way_for_a_demo_and_leaves_nothing_behind(small_project: LocalFolders) -> None:
    folders = small_project
    running = services.up(folders)
    port = int(running.url.rsplit(":", 1)[1])
    assert running.url == f"http://127.0.0.1:{port}"
    assert log_in(running) == 201
    assert set(services.status(folders)) == {*services.COMPONENTS, "PostgreSQL"}
    assert services.up(folders).was_running

    scheduler_of_before = json.loads(services.records(folders)["scheduler"].read_text())["pid"]
    notices: list[str] = []
    with server_refcount.server(folders) as server, warehouse_lock.exclusive_warehouse(folders, server, notices.append):
        states = services.status(folders)
        assert (states["scheduler"], states["PostgreSQL"]) == ("stopped", "running")
        assert running.url in states["api-server"]
        assert log_in(running) == 201
        assert not psutil.pid_exists(scheduler_of_before)
    assert services.status(folders)["scheduler"] == "running"
    assert running.url in notices[-1]
    assert services.up(folders).was_running

    api_server_of_before = json.loads(services.records(folders)["api-server"].read_text())["pid"]
    with server_refcount.server(folders) as server, warehouse_lock.exclusive_warehouse(folders, server, notices.append):
        server.create_database(DEMO_DATABASE)
        with psycopg.connect(server.uri(DEMO_DATABASE)) as connection:
            connection.execute(
                sql.SQL("comment on database {} is {}").format(sql.Identifier(DEMO_DATABASE), DEMO_COMMENT)
            )
    served = processes.environment_of(services.records(folders)["scheduler"])[WAREHOUSE_CONNECTION]
    assert served.endswith(f"/{DEMO_DATABASE}")
    assert not psutil.pid_exists(api_server_of_before)
    assert log_in(running) == 201

    started = living(folders)
    scheduler = json.loads(services.records(folders)["scheduler"].read_text())["pid"]
    os.kill(scheduler, signal.SIGKILL)

    assert "PostgreSQL" in services.down(folders)
    assert [p for p in started if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []
    assert living(folders) == []
    assert ports.is_free(port)
    assert services.down(folders) == []


def test_the_scheduler_starts_when_the_api_answers(
    small_project: LocalFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: dict[str, list[str]] = {}
    start = services._start

    def start_and_ask(folders: LocalFolders, name: str, variables: Mapping[str, str], *keep_open: Any) -> None:
        assert name not in answers, "started twice"
        port = int(variables["AIRFLOW__API__PORT"])
        answers[name] = services._unhealthy(port)
        if answers[name] == ["api_server"]:  # one that is there may be slow, one that is not refuses at once again
            answers[name] = services._unhealthy(port)
        start(folders, name, variables, *keep_open)

    monkeypatch.setattr(services, "_start", start_and_ask)
    services.up(small_project)

    assert answers["api-server"] == ["api_server"]
    assert set(answers["scheduler"]).isdisjoint(services.API_PARTS)
    assert list(answers)[-1] == "scheduler"


def test_a_component_that_dies_takes_the_others_with_it(
    small_project: LocalFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__PARALLELISM", "many")
    with pytest.raises(LocalError, match=r"scheduler ended while starting(?s:.*)parallelism(?s:.*)Next: see"):
        services.up(small_project)
    assert not services.any_running(small_project)
    assert not server_refcount.server_is_running(small_project)


def test_a_port_that_is_taken_is_refused_when_asked_for(small_project: LocalFolders) -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as listener:
        taken = listener.getsockname()[1]
        began = time.monotonic()
        with pytest.raises(LocalError, match=f"Port {taken} is taken"):
            services.up(small_project, wanted_port=taken)
    assert time.monotonic() - began < 20
    assert not services.any_running(small_project)
    assert not server_refcount.server_is_running(small_project)


def test_a_busy_default_port_is_avoided_and_the_choice_remembered(project: LocalFolders) -> None:
    project.running.mkdir(parents=True)
    with socket.create_server((ports.LOOPBACK, 0)) as listener:
        (project.running / "port").write_text(str(listener.getsockname()[1]))
        with services._claimed_port(project, None) as chosen:
            assert chosen.port != listener.getsockname()[1]
            other = LocalFolders(project.project / "other")
            other.running.mkdir(parents=True)
            with services._claimed_port(other, None) as neighbour:
                assert neighbour.port != chosen.port
    with services._claimed_port(project, None) as again:
        assert again.port == chosen.port
