"""Database sessions of the web: few, kept, asked whether they are alive only where they may not be."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import psycopg
import pytest

from control_tower.errors import DatabaseBusy, QueryFailed
from control_tower.migrate import migrate
from control_tower.web import pool as web_pool
from control_tower.web.sql_files import execute_prepared


def test_readers_share_few_sessions_and_wait_for_each_other(
    warehouse: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_pool, "WAIT_SECONDS", 0.2)
    pool = web_pool.Sessions(1)
    with pool.reading() as connection:
        first = connection.info.backend_pid
        assert connection.execute("select current_user").fetchone() == {"current_user": "control_tower_reader"}
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("create temporary table x (y integer)")
        refused: list[BaseException] = []

        def too_many() -> None:
            try:
                with pool.reading():
                    pass
            except DatabaseBusy as error:
                refused.append(error)

        other = threading.Thread(target=too_many)
        other.start()
        other.join()
        assert len(refused) == 1
    with pool.reading() as connection:
        assert connection.info.backend_pid == first
    warehouse.execute("select pg_terminate_backend(%s, 10_000)", [first])
    with pool.reading() as connection:
        assert connection.info.backend_pid != first
    pool.close()


@pytest.mark.parametrize("seconds", [0.0, web_pool.TRUSTED_SECONDS])
def test_a_session_is_asked_whether_it_is_alive_after_a_rest(
    warehouse: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    pool = web_pool.Sessions(1)
    with pool.reading() as connection:
        first = connection.info.backend_pid
    asked: list[Any] = []
    ask = type(connection).execute
    monkeypatch.setattr(type(connection), "execute", lambda self, query: asked.append(query) or ask(self, query))
    pool._readers._idle[0].used_at -= seconds
    with pool.reading() as connection:
        assert connection.info.backend_pid == first
    assert asked == (["select 1"] if seconds else [])
    pool.close()


def test_a_reader_who_keeps_every_session_can_still_be_noted(warehouse: psycopg.Connection[Any]) -> None:
    pool = web_pool.Sessions(1)
    note = {"action": "person", "person_key": uuid.UUID(int=7), "subject": None, "is_unmasked": True, "seen_by": "ana"}
    pids = set()
    with pool.reading() as reader:
        for _ in range(3):
            with pool.noting() as writer:
                execute_prepared(writer, "web/persons/note_access.sql", note)
                pids.add(writer.info.backend_pid)
        assert pids.isdisjoint({reader.info.backend_pid})
    assert len(pids) == 1, "it is kept"
    assert warehouse.execute("select count(*) from ops.personal_data_access").fetchone() == (3,)
    warehouse.execute("select pg_terminate_backend(%s, 10_000)", [*pids])  # and wait until it has gone
    with pool.noting() as writer:
        execute_prepared(writer, "web/persons/note_access.sql", note)
    with pytest.raises(QueryFailed), pool.noting() as writer:
        execute_prepared(writer, "web/persons/note_access.sql", {**note, "action": "nothing known"})
    assert warehouse.execute("select count(*) from ops.personal_data_access").fetchone() == (4,)
    pool.close()


def test_a_question_that_is_planned_once_survives_a_migration(warehouse: psycopg.Connection[Any], server: Any) -> None:
    pool = web_pool.Sessions(1)
    warehouse.execute("insert into public.module_ct_scouts_list (scout_id, raw_name) values (7, 'Tito Zorro')")
    asked = {"scout_ids": [7], "person_keys": []}
    for said in ("Tito Zorro", "Tito Zorro", "Tito Zorro", "Mara Cruz", "Mara Cruz"):
        warehouse.execute("update public.module_ct_scouts_list set raw_name = %s", [said])
        with pool.reading() as reader:
            assert [row["name"] for row in execute_prepared(reader, "web/persons/names.sql", asked)] == [said]
            (prepared,) = reader.execute("select count(*) as known from pg_prepared_statements").fetchall()
        assert prepared["known"] == 1
        migrate(server.uri(warehouse.info.dbname))
    pool.close()
