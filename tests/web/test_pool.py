"""Connection pools of the web: bounded, read-only, replaced when the server ends or outlives them."""

from __future__ import annotations

import socket
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from control_tower.errors import DatabaseBusy, DatabaseUnreachable, QueryFailed
from control_tower.migrate import migrate
from control_tower.web import pool as web_pool
from control_tower.web.sql_files import execute_prepared

NOTE = {"action": "person", "person_key": uuid.UUID(int=7), "subject": None, "is_unmasked": True, "seen_by": "ana"}


@pytest.fixture
def pools(warehouse: psycopg.Connection[Any]) -> Iterator[web_pool.ConnectionPools]:
    """Pools of one session each."""
    found = web_pool.ConnectionPools(1)
    yield found
    found.close()


def pid_of(session: web_pool.Session) -> int:
    return session.info.backend_pid


def test_readers_share_few_sessions_and_wait_for_each_other(
    pools: web_pool.ConnectionPools, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pools.reading() as connection:
        first = pid_of(connection)
        monkeypatch.setattr(web_pool, "WAIT_SECONDS", 0.2)
        assert connection.execute("select current_user").fetchone() == {"current_user": "control_tower_reader"}
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("create temporary table x (y integer)")
        with ThreadPoolExecutor() as threads, pytest.raises(DatabaseBusy, match="in use"):
            threads.submit(lambda: pools.reading().__enter__()).result()
    with pools.reading() as connection:
        assert pid_of(connection) == first


def test_a_waiting_reader_gets_the_session_that_is_returned(pools: web_pool.ConnectionPools) -> None:
    def read() -> int:
        with pools.reading() as connection:
            return pid_of(connection)

    with ThreadPoolExecutor() as threads:
        with pools.reading() as connection:
            waiting = threads.submit(read)
            time.sleep(0.3)
            assert not waiting.done()
        assert waiting.result(timeout=5) == pid_of(connection)


def test_a_restarted_server_fails_no_answer(warehouse: psycopg.Connection[Any]) -> None:
    pools = web_pool.ConnectionPools(4)
    barrier = threading.Barrier(4)

    def read(_: int) -> int:
        with pools.reading() as connection:
            barrier.wait(5)
            return pid_of(connection)

    with ThreadPoolExecutor(4) as threads:
        before = set(threads.map(read, range(4)))
        assert len(before) == 4
        for pid in before:
            warehouse.execute("select pg_terminate_backend(%s, 10_000)", [pid])
        began = time.monotonic()
        assert before.isdisjoint(threads.map(read, range(4)))
        assert time.monotonic() - began < 3
    pools.close()


def test_a_session_that_breaks_off_is_said_so_and_replaced(
    warehouse: psycopg.Connection[Any], pools: web_pool.ConnectionPools
) -> None:
    def break_off() -> None:
        with pools.reading() as connection:
            warehouse.execute("select pg_terminate_backend(%s, 10_000)", [pid_of(connection)])
            connection.execute("select 1")

    with pytest.raises(DatabaseUnreachable):
        break_off()
    with pools.reading() as connection:
        assert connection.execute("select 1 as one").fetchone() == {"one": 1}


def test_a_changed_connection_is_noticed_within_the_lifetime_of_a_session(
    pools: web_pool.ConnectionPools, empty_database: str, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pools.reading() as connection:
        first = pid_of(connection)
    database = psycopg.conninfo.conninfo_to_dict(empty_database)["dbname"]
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(database))
    with pools.reading() as connection:
        assert pid_of(connection) == first
    monkeypatch.setattr(web_pool, "LIFE_SECONDS", 0.5)
    time.sleep(0.5)
    with pools.reading() as connection:
        assert connection.info.dbname == database
        assert pid_of(connection) != first


def test_a_database_that_is_away_is_said_at_once_and_found_when_it_is_back(
    pools: web_pool.ConnectionPools, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setenv("AIRFLOW_CONN_CONTROL_TOWER", "postgres://ana:word@127.0.0.1:9/warehouse")
        for kind in (pools.reading, pools.noting, pools.exporting):
            began = time.monotonic()
            with pytest.raises(DatabaseUnreachable, match=r"127\.0\.0\.1.*refused"), kind():
                pass
            assert time.monotonic() - began < 1
    for kind in (pools.reading, pools.noting, pools.exporting):
        with kind() as connection:
            assert connection.execute("select 1 as one").fetchone() == {"one": 1}


def test_a_server_that_never_answers_is_unreachable_and_not_busy(
    pools: web_pool.ConnectionPools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_pool, "WAIT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", f"postgres://ana:word@127.0.0.1:{port}/warehouse")
        with pytest.raises(DatabaseUnreachable, match="not answered"), pools.reading():
            pass


def test_an_answer_that_holds_the_only_reader_can_write_an_access_record(
    warehouse: psycopg.Connection[Any], pools: web_pool.ConnectionPools
) -> None:
    pids = set()
    with pools.reading() as reader:
        for _ in range(3):
            with pools.noting() as writer:
                execute_prepared(writer, "web/persons/note_access.sql", NOTE)
                pids.add(pid_of(writer))
        assert pids.isdisjoint({pid_of(reader)})
    assert len(pids) == 1, "it is kept"
    assert warehouse.execute("select count(*) from ops.personal_data_access").fetchone() == (3,)
    warehouse.execute("select pg_terminate_backend(%s, 10_000)", [*pids])  # and wait until it has gone
    with pools.noting() as writer:
        execute_prepared(writer, "web/persons/note_access.sql", NOTE)
    with pytest.raises(QueryFailed), pools.noting() as writer:
        execute_prepared(writer, "web/persons/note_access.sql", {**NOTE, "action": "nothing known"})
    assert warehouse.execute("select count(*) from ops.personal_data_access").fetchone() == (4,)


def test_each_export_has_a_new_session_and_their_number_is_bounded(
    warehouse: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_pool, "MAX_EXPORTS", 1)
    pools = web_pool.ConnectionPools(1)
    with pools.exporting() as connection:
        first = pid_of(connection)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("create temporary table x (y integer)")
        with pools.reading() as reader:
            assert pid_of(reader) != first
        monkeypatch.setattr(web_pool, "WAIT_SECONDS", 0.2)
        with pytest.raises(DatabaseBusy), pools.exporting():
            pass
    assert connection.closed
    with pools.exporting() as connection:
        assert pid_of(connection) != first
    pools.close()


def test_a_question_that_is_planned_once_survives_a_migration(
    warehouse: psycopg.Connection[Any], pools: web_pool.ConnectionPools, server: Any
) -> None:
    warehouse.execute("insert into public.module_ct_scouts_list (scout_id, raw_name) values (7, 'Tito Zorro')")
    asked = {"scout_ids": [7], "person_keys": []}
    for said in ("Tito Zorro", "Tito Zorro", "Tito Zorro", "Mara Cruz", "Mara Cruz"):
        warehouse.execute("update public.module_ct_scouts_list set raw_name = %s", [said])
        with pools.reading() as reader:
            assert [row["name"] for row in execute_prepared(reader, "web/persons/names.sql", asked)] == [said]
            (prepared,) = reader.execute("select count(*) as known from pg_prepared_statements").fetchall()
        assert prepared["known"] == 1
        migrate(server.uri(warehouse.info.dbname))
