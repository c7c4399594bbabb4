"""Servers as they really are: behind a pooler, read-only, full, of another encoding. Each is told before a change."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from control_tower import database, errors
from control_tower.migrate import migrate
from control_tower.settings import get_settings
from control_tower.web import pool as web_pool
from control_tower.web.sql_files import execute_prepared
from devtools.local.embedded import EmbeddedServer, ensure_server
from tests.conftest import quick_folder
from tests.pipeline import attribute, ingest
from tests.poolers import MISSING, PROGRAM, pooler

Warehouse = psycopg.Connection[Any]
NEEDS_POOLER = pytest.mark.skipif(PROGRAM is None, reason=MISSING)
LOOK = {"action": "person", "person_key": uuid.UUID(int=7), "subject": None, "is_unmasked": True, "seen_by": "ana"}


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def airflow_uri(uri: str) -> str:
    """A connection string in the form of an AIRFLOW_CONN_* variable."""
    parts = psycopg.conninfo.conninfo_to_dict(uri)
    return f"postgres://{parts['user']}@{quote(str(parts['host']), safe='')}:{parts['port']}/{parts['dbname']}"


def pool_before(warehouse: Warehouse, server: Any, mode: str, **options: Any) -> Any:
    return pooler(server.uri(warehouse.info.dbname), mode, **options)


def what_others_get(uri: str) -> set[tuple[str, ...]]:
    """Options of the sessions that other clients of a pool get, several at a time."""
    asked = (
        "select current_user::text, current_setting('transaction_read_only'), current_setting('statement_timeout'),"
        " current_setting('application_name')"
    )
    others = [psycopg.connect(uri) for _ in range(3)]
    try:
        return {row for other in others for row in other.execute(asked).fetchall()}
    finally:
        for other in others:
            other.close()


@NEEDS_POOLER
@pytest.mark.parametrize("sessions", [1, 4])
def test_a_pool_that_shares_sessions_is_refused_by_name_and_nothing_is_left_to_others(
    warehouse: Warehouse, server: Any, monkeypatch: pytest.MonkeyPatch, sessions: int
) -> None:
    with pool_before(warehouse, server, "transaction", sessions=sessions) as through:
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", airflow_uri(through))
        for attempt in (ingest, lambda: migrate(through), migrate):
            with pytest.raises(errors.ServerUnsuitable, match="pool_mode = transaction") as refusal:
                attempt()
            assert "mode is session" in str(refusal.value)
        if sessions > 1:
            assert {others[:3] for others in what_others_get(through)} == {("postgres", "off", "0")}
    assert warehouse.execute("select count(*) from ops.ingestion_runs").fetchone() == (0,)


@NEEDS_POOLER
@pytest.mark.parametrize("sessions", [1, 4])
def test_a_busy_pool_is_recognised_too(
    warehouse: Warehouse, server: Any, monkeypatch: pytest.MonkeyPatch, sessions: int
) -> None:
    with (
        pool_before(warehouse, server, "transaction", sessions=sessions + 2) as through,
        psycopg.connect(through) as busy,
        psycopg.connect(through) as waiting,
    ):
        busy.execute("select 1")  # in a transaction
        waiting.execute("select 1")
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", airflow_uri(through))
        with pytest.raises(errors.ServerUnsuitable, match="pool_mode = transaction"):
            database.connect()


@NEEDS_POOLER
def test_both_pipelines_run_through_a_pool_in_session_mode(
    warehouse: Warehouse, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pool_before(warehouse, server, "session") as through:
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", airflow_uri(through))
        migrate()
        for run in (ingest, attribute, ingest, attribute):
            run()
    statuses = warehouse.execute("select status::text from ops.ingestion_runs").fetchall()
    assert statuses == [("COMPLETED",)] * 4


@NEEDS_POOLER
def test_pages_work_through_a_pool_that_shares_sessions_and_leave_nothing_to_other_clients(
    warehouse: Warehouse, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse.execute("insert into public.module_ct_scouts_list (scout_id, raw_name) values (7, 'Tito Zorro')")
    with pool_before(warehouse, server, "transaction", sessions=3) as through:
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", airflow_uri(through))
        pools = web_pool.ConnectionPools(2)
        try:
            for _ in range(12):  # psycopg prepares what is asked often
                with pools.reading() as first, pools.reading() as second:
                    for reader in (first, second):
                        row = reader.execute("select current_user, current_setting('transaction_read_only') as ro")
                        assert row.fetchone() == {"current_user": "control_tower_reader", "ro": "on"}
                        names = {"scout_ids": [7], "person_keys": []}
                        found = execute_prepared(reader, "web/persons/names.sql", names).fetchall()
                        assert [row["name"] for row in found] == ["Tito Zorro"]
                with pools.noting() as writer:
                    execute_prepared(writer, "web/persons/note_access.sql", LOOK)
                assert {others[:3] for others in what_others_get(through)} == {("postgres", "off", "0")}
        finally:
            pools.close()
    assert warehouse.execute("select count(*) from ops.personal_data_access").fetchone() == (12,)


@pytest.fixture(scope="module")
def small_server() -> Iterator[EmbeddedServer]:
    """A server of one's own, with few sessions, that can become a replica."""
    folder = quick_folder("control-tower-small-")
    folder.chmod(0o711)
    settings = {
        "fsync": "off",
        "shared_buffers": "64MB",
        "wal_level": "replica",
        "max_connections": "6",
        "superuser_reserved_connections": "0",
    }
    started = ensure_server(folder, settings)
    yield started
    started.destroy()
    shutil.rmtree(folder, ignore_errors=True)


def test_a_server_without_free_sessions_is_said_so(
    small_server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", small_server.airflow_connection_uri("postgres"))
    taken = []
    try:
        with suppress(psycopg.OperationalError):
            while True:
                taken.append(psycopg.connect(small_server.uri("postgres")))
        with pytest.raises(errors.DatabaseUnreachable, match="too many clients") as refusal:
            database.connect()
    finally:
        for one in taken:
            one.close()
    assert "pg_stat_activity" in refusal.value.next_action
    assert "password" not in refusal.value.next_action


def test_a_limit_of_the_role_is_said_so(small_server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with psycopg.connect(small_server.uri("postgres"), autocommit=True) as owner:
        owner.execute("create role limited login connection limit 1")
        uri = small_server.airflow_connection_uri("postgres").replace("postgres@", "limited@", 1)
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", uri)
        with (
            database.connect(),
            pytest.raises(errors.DatabaseUnreachable, match='too many connections for role "limited"') as refusal,
        ):
            database.connect()
        assert "limit of the role" in refusal.value.next_action


def test_a_read_only_database_is_refused_before_anything_is_changed(
    warehouse: Warehouse, server: Any, empty_database: Any
) -> None:
    name = warehouse.info.dbname
    warehouse.execute(f"alter database {name} set default_transaction_read_only = on")  # type: ignore[arg-type]
    for attempt in (ingest, attribute, lambda: migrate(server.uri(name))):
        with pytest.raises(errors.ServerReadOnly, match="is read-only") as refusal:
            attempt()
        assert "primary" in refusal.value.next_action


def test_a_session_that_becomes_read_only_is_told_as_such(warehouse: Warehouse) -> None:
    def fail_over() -> None:
        with database.session("test") as session:
            session.execute("set default_transaction_read_only = on")
            session.execute("delete from ops.check_states")

    with pytest.raises(errors.ServerReadOnly):
        fail_over()


def test_a_replica_is_refused_by_the_pipelines_and_read_by_the_pages(
    small_server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_server.create_database("copied")
    migrate(small_server.uri("copied"))
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", small_server.airflow_connection_uri("copied"))
    ingest()
    small_server.stop()
    signal = small_server.data / "standby.signal"
    signal.touch()
    shutil.chown(signal, small_server.data.stat().st_uid, small_server.data.stat().st_gid)
    replica = ensure_server(small_server.folder, small_server.settings)
    pools = web_pool.ConnectionPools(1)
    try:
        for attempt in (ingest, lambda: migrate(replica.uri("copied"))):
            with pytest.raises(errors.ServerReadOnly, match="is a replica"):
                attempt()
        with pools.reading() as reader:
            assert reader.execute("select count(*) as runs from ops.v_ingestion_runs").fetchone() == {"runs": 1}
        with pytest.raises(errors.ServerReadOnly), pools.noting() as writer:
            execute_prepared(writer, "web/persons/note_access.sql", LOOK)
    finally:
        pools.close()
        replica.stop()
        signal.unlink()
        ensure_server(small_server.folder, small_server.settings)


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_every_name_is_refused_before_anything_is_changed(
    server: Any, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    name = f"encoded_{encoding.lower()}"
    with psycopg.connect(server.uri("postgres"), autocommit=True) as owner:
        owner.execute(
            f"create database {name} encoding '{encoding}' locale_provider libc locale 'C' template template0"  # type: ignore[arg-type]
        )
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(name))
    pools = web_pool.ConnectionPools(1)
    try:
        for attempt in (ingest, lambda: migrate(server.uri(name)), lambda: pools.reading().__enter__()):
            with pytest.raises(errors.ServerUnsuitable, match=f"has the encoding {encoding}") as refusal:
                attempt()
            assert "encoding 'UTF8'" in refusal.value.next_action
        with psycopg.connect(f"{server.uri(name)}&client_encoding=utf8") as session:
            found = session.execute("select count(*) from pg_namespace where nspname in ('ops', 'canon')").fetchone()
            assert found == (0,)
            assert session.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone() == (0,)
    finally:
        pools.close()
        server.drop(name)
