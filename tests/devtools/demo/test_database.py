"""The demo has a database of its own on the server that it is given, and touches no other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from control_tower.database import connect
from control_tower.errors import DatabaseUnreachable
from devtools.demo.database import DemoRefused, create_demo_database
from devtools.local.airflow_home import DEMO_DATABASE, WAREHOUSE_CONNECTION

Connection = psycopg.Connection[Any]


@pytest.fixture
def others(established_database: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """A session on a database of other people, which the user's Airflow connection names."""
    with psycopg.connect(established_database, autocommit=True) as session:
        monkeypatch.setenv(WAREHOUSE_CONNECTION, server.airflow_uri(session.info.dbname))
        yield session
    server.drop(DEMO_DATABASE)


def current_database() -> str:
    with connect(autocommit=True) as connection:
        return str(connection.execute("select current_database()").fetchone()[0])  # type: ignore[index]


def contents(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every table of a session's database, as text."""
    tables = connection.execute("select schemaname, tablename from pg_tables where schemaname !~ '^(pg_|information)'")
    return {
        f"{schema}.{table}": connection.execute(
            sql.SQL("select t::text from {} as t order by 1").format(sql.Identifier(schema, table))
        ).fetchall()
        for schema, table in tables.fetchall()
    }


def test_it_is_created_on_the_user_s_server_and_no_other_database_is_touched(others: Connection):
    before = contents(others)
    made = create_demo_database()
    assert (made.is_replacement, made.is_local) == (False, False)
    assert current_database() == DEMO_DATABASE
    assert contents(others) == before
    assert before["public.drivers"]


def test_the_next_demo_drops_it_with_every_session_in_it(others: Connection):
    create_demo_database()
    with connect(autocommit=True) as left_open:
        left_open.execute("create table of_the_first_demo (id integer)")
        assert create_demo_database().is_replacement
        with pytest.raises(psycopg.OperationalError):
            left_open.execute("select 1")
    with connect() as connection:
        assert connection.execute("select to_regclass('of_the_first_demo')").fetchone() == (None,)


def test_a_database_of_that_name_that_no_demo_made_is_refused_and_kept(others: Connection, server: Any):
    server.create(DEMO_DATABASE)
    with psycopg.connect(server.uri(DEMO_DATABASE), autocommit=True) as theirs:
        theirs.execute("create table public.mine (id integer)")
        with pytest.raises(DemoRefused, match="that no demo made") as refused:
            create_demo_database()
        assert "rename it" in str(refused.value)
        assert theirs.execute("select to_regclass('public.mine') is not null").fetchone() == (True,)


def test_a_user_who_may_not_create_databases_is_told_what_to_do(others: Connection, monkeypatch: pytest.MonkeyPatch):
    others.execute("create role demo_visitor login")
    try:
        monkeypatch.setenv(WAREHOUSE_CONNECTION, os.environ[WAREHOUSE_CONNECTION].replace("postgres@", "demo_visitor@"))
        with pytest.raises(DemoRefused, match="may not create it") as refused:
            create_demo_database()
        assert "alter role demo_visitor createdb" in str(refused.value)
    finally:
        others.execute("drop role demo_visitor")


def test_a_server_that_does_not_answer_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(WAREHOUSE_CONNECTION, "postgres://ana:s3cret-word@127.0.0.1:1/fleet")
    with pytest.raises(DatabaseUnreachable, match=r"127\.0\.0\.1") as unreachable:
        create_demo_database()
    assert "s3cret-word" not in str(unreachable.value)
