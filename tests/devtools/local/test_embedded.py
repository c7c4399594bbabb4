"""The embedded server survives what happens on laptops and in containers."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import sqlalchemy
from airflow.providers.postgres.hooks.postgres import PostgresHook

from devtools.local import service_user
from devtools.local.embedded import EmbeddedServer, ensure_server, existing_server
from devtools.local.errors import ServerError

QUICK = {"fsync": "off", "shared_buffers": "16MB"}


def value(uri: str, query: str) -> object:
    with psycopg.connect(uri) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


def keep_a_row(server: EmbeddedServer) -> None:
    with psycopg.connect(server.uri("postgres")) as connection:
        connection.execute("drop table if exists kept")
        connection.execute("create table kept as select 42 as answer")


def test_every_kind_of_connection_string_reaches_the_same_database(
    embedded: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded.create_database("fleet")
    question = "select current_database()"
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", embedded.airflow_connection_uri("fleet"))
    hook = PostgresHook("control_tower")
    answers = {value(embedded.uri("fleet"), question), hook.get_first(question)[0]}
    for engine in (sqlalchemy.create_engine(embedded.sqlalchemy_uri("fleet")), hook.get_sqlalchemy_engine()):
        with engine.connect() as connection:
            answers.add(connection.execute(sqlalchemy.text(question)).scalar())
        engine.dispose()
    assert answers == {"fleet"}


def test_a_port_in_the_user_s_environment_changes_nothing(
    embedded: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "4711")
    before = embedded.pid
    assert ensure_server(embedded.folder, QUICK).pid == before
    test_every_kind_of_connection_string_reaches_the_same_database(embedded, monkeypatch)


def test_creating_a_database_twice_or_at_once_is_fine(embedded: EmbeddedServer) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(embedded.create_database, ["at_once"] * 4))
    embedded.create_database("at_once")
    assert value(embedded.uri("at_once"), "select 1") == 1


def test_a_database_can_be_copied_from_a_template(embedded: EmbeddedServer) -> None:
    embedded.create_database("original")
    with psycopg.connect(embedded.uri("original")) as connection:
        connection.execute("create table kept as select 42 as answer")
    embedded.create_database("copied", template="original")
    assert value(embedded.uri("copied"), "select answer from kept") == 42


def test_nobody_else_can_reach_the_server(embedded: EmbeddedServer) -> None:
    assert value(embedded.uri("postgres"), "show listen_addresses") == ""
    for folder in (embedded.data, embedded.socket_folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_asking_again_finds_the_running_server(embedded: EmbeddedServer) -> None:
    assert ensure_server(embedded.folder).pid == embedded.pid


def test_settings_of_the_caller_win(embedded: EmbeddedServer) -> None:
    assert value(embedded.uri("postgres"), "show shared_buffers") == "16MB"
    assert value(embedded.uri("postgres"), "show jit") == "off"


def test_text_folds_and_sorts_alike_on_every_machine(embedded: EmbeddedServer) -> None:
    assert value(embedded.uri("postgres"), "select upper('ñandú')") == "ÑANDÚ"
    assert value(embedded.uri("postgres"), "select 'B' < 'a'") is True


def test_stop_and_start_keep_the_data(tmp_path: Path) -> None:
    server = ensure_server(tmp_path / "postgres", settings=QUICK)
    try:
        keep_a_row(server)
        server.stop()
        server.stop()
        assert server.pid is None
        again = ensure_server(tmp_path / "postgres", settings=QUICK)
        assert value(again.uri("postgres"), "select answer from kept") == 42
        again.restart()
        assert value(server.uri("postgres"), "select answer from kept") == 42
    finally:
        server.destroy()
    assert existing_server(tmp_path / "postgres") is None
    assert not server.data.exists()


def test_a_killed_server_starts_again_with_its_data(tmp_path: Path) -> None:
    server = ensure_server(tmp_path / "postgres", settings=QUICK)
    try:
        keep_a_row(server)
        busy = psycopg.connect(server.uri("postgres"))
        busy.execute("insert into kept select generate_series(1, 100000)")
        killed = server.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        again = ensure_server(tmp_path / "postgres", settings=QUICK)
        assert again.pid not in {None, killed}
        assert value(again.uri("postgres"), "select count(*) from kept") == 1
    finally:
        server.destroy()


def test_a_stale_pid_file_that_names_a_living_stranger_does_not_matter(tmp_path: Path) -> None:
    server = ensure_server(tmp_path / "postgres", settings=QUICK)
    try:
        server.stop()
        with subprocess.Popen(["sleep", "60"]) as stranger:
            lines = [stranger.pid, server.data, 0, 5432, server.socket_folder, "", "", "ready"]
            (server.data / "postmaster.pid").write_text("\n".join(map(str, lines)) + "\n")
            assert server.pid is None
            assert ensure_server(tmp_path / "postgres").pid != stranger.pid
            assert stranger.poll() is None
            stranger.kill()
    finally:
        server.destroy()


@pytest.mark.parametrize(
    "name",
    ["x" * 120, "with space", "coma,ñandú", "Quote'd %41"],
    ids=["long", "space", "comma", "quote"],
)
def test_any_project_path_will_do(tmp_path: Path, name: str) -> None:
    server = ensure_server(tmp_path / name / "postgres", settings=QUICK)
    try:
        assert value(server.uri("postgres"), "select 1") == 1
        assert len(str(server.socket_folder / ".s.PGSQL.5432")) <= 107
    finally:
        server.destroy()
    assert not server.socket_folder.exists()


def test_two_folders_have_two_servers(embedded: EmbeddedServer, tmp_path: Path) -> None:
    other = ensure_server(tmp_path / "postgres", settings=QUICK)
    try:
        assert other.pid != embedded.pid
        assert other.socket_folder != embedded.socket_folder
    finally:
        other.destroy()
    assert embedded.pid is not None


def test_two_processes_that_start_at_once_get_one_server(tmp_path: Path) -> None:
    program = "import sys, pathlib; from devtools.local.embedded import ensure_server as e;"
    program += "print(e(pathlib.Path(sys.argv[1])).pid)"
    command = [sys.executable, "-c", program, str(tmp_path / "postgres")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    started = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    answers = [process.communicate(timeout=60) for process in started]
    server = existing_server(tmp_path / "postgres")
    assert server is not None
    try:
        assert {out.strip() for out, _ in answers} == {str(server.pid)}, answers
    finally:
        server.destroy()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")
def test_a_folder_under_a_private_home_keeps_its_permissions(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    server = ensure_server(home / "project" / "postgres", settings=QUICK)
    try:
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert server.data.is_relative_to(service_user.SYSTEM_FOLDER)
        keep_a_row(server)
        server.stop()
        again = ensure_server(home / "project" / "postgres", settings=QUICK)
        assert value(again.uri("postgres"), "select answer from kept") == 42
    finally:
        server.destroy()
    assert not server.data.parent.exists()


def test_data_of_another_version_is_refused_with_advice(tmp_path: Path) -> None:
    server = ensure_server(tmp_path / "postgres", settings=QUICK)
    try:
        server.stop()
        (server.data / "PG_VERSION").write_text("12\n")
        with pytest.raises(ServerError, match=r"version 12.*18(?s:.*)Next: "):
            ensure_server(tmp_path / "postgres")
    finally:
        server.destroy()


def test_an_initialisation_that_was_killed_is_done_again(tmp_path: Path) -> None:
    half_done = tmp_path / "postgres" / "data.unfinished"
    half_done.mkdir(parents=True)
    (half_done / "PG_VERSION").write_text("18\n")
    server = ensure_server(tmp_path / "postgres", settings=QUICK)
    try:
        assert value(server.uri("postgres"), "select 1") == 1
    finally:
        server.destroy()
