"""One way to connect, one way to explain what went wrong."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlparse

from control_tower import database, driver_errors, errors


def test_a_session_carries_its_name_its_limits_and_a_check_for_dead_clients(warehouse) -> None:
    with database.connect(
        application_name="control_tower test", statement_timeout_ms=7000, lock_timeout_ms=3000
    ) as connection:
        shown = [
            connection.execute(f"show {name}").fetchone()[0]
            for name in (
                "application_name",
                "statement_timeout",
                "lock_timeout",
                "client_connection_check_interval",
            )
        ]
        assert shown == ["control_tower test", "7s", "3s", "10s"]
        connection.rollback()
        assert connection.execute("show statement_timeout").fetchone() == ("7s",)
        assert not connection.autocommit


def test_without_a_connection_the_message_says_how_to_set_one(monkeypatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_CONTROL_TOWER", raising=False)

    with pytest.raises(errors.ConnectionNotConfigured, match="AIRFLOW_CONN_CONTROL_TOWER=postgres://"):
        database.connect()


@pytest.mark.parametrize(
    ("uri", "names"),
    [
        (
            "postgres://ana:s3cret@127.0.0.1:1/warehouse",
            ['database "warehouse"', 'host "127.0.0.1"', "refused"],
        ),
        ("postgres://ana:s3cret@nowhere.invalid:5432/warehouse", ["nowhere.invalid", "warehouse"]),
    ],
)
def test_a_server_that_does_not_answer_is_named_without_the_password(monkeypatch, uri, names) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", uri)

    with pytest.raises(errors.DatabaseUnreachable) as caught:
        database.connect()

    for name in names:
        assert name in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert caught.value.is_retryable


def test_a_database_that_does_not_exist_is_named(monkeypatch, server) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri("no_such_database"))

    with pytest.raises(errors.DatabaseUnreachable, match=r'database "no_such_database" does not exist'):
        database.connect()


@pytest.mark.parametrize(
    ("statement", "expected", "says"),
    [
        (
            "select * from ops.nothing_here",
            errors.ObjectMissing,
            'relation "ops.nothing_here" does not exist',
        ),
        ("select nothing_here from public.drivers", errors.ObjectMissing, 'column "nothing_here"'),
        ("select ops.nothing_here()", errors.ObjectMissing, "function ops.nothing_here"),
        ("set local statement_timeout = 10; select pg_sleep(5)", errors.DatabaseBusy, "statement timeout"),
        ("set local role pg_monitor; select * from public.drivers", errors.PermissionMissing, "drivers"),
        ("select 1 / 0", errors.QueryFailed, "division by zero"),
    ],
)
def test_what_the_server_refuses_is_explained_with_database_and_next_action(
    warehouse, statement, expected, says
) -> None:
    name = warehouse.info.dbname

    with pytest.raises(psycopg.Error) as caught:
        warehouse.execute(statement)
    explained = driver_errors.explain(caught.value, warehouse)

    assert type(explained) is expected
    assert says in str(explained)
    assert f'database "{name}"' in str(explained)
    assert "\nNext: " in str(explained)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("insert into scratch values ('987654321', 'ANA TORRES')", 'unique constraint "scratch_pkey"'),
        ("insert into scratch values ('912345678', 'LUIS ROJAS')", 'check constraint "no_luis"'),
        ("insert into scratch values ('912345678', null)", 'null value in column "name"'),
        ("select 'ANA TORRES'::date", 'invalid input syntax for type date: "…"'),
    ],
)
def test_what_the_server_quotes_from_rows_is_left_out(
    warehouse: psycopg.Connection[Any], statement: str, says: str
) -> None:
    warehouse.execute(
        "create temp table scratch (phone text primary key,"
        " name text not null constraint no_luis check (name <> 'LUIS ROJAS'))"
    )
    warehouse.execute("insert into scratch values ('987654321', 'ANA TORRES')")
    with pytest.raises(psycopg.Error) as caught:
        warehouse.execute(statement.encode())
    explained = str(driver_errors.explain(caught.value, warehouse))
    assert says in explained
    for secret in ("987654321", "912345678", "ANA", "TORRES", "LUIS", "ROJAS"):
        assert secret not in explained


def test_errors_survive_the_way_between_processes() -> None:
    for error in (
        errors.DatabaseBusy("It was busy.", "wait."),
        errors.SourceColumnMissing(["public.drivers.phone"], 'database "x"'),
        errors.SourceUnreadable([errors.SourceObstacle("public.drivers.phone", "jsonb", "text")], 'database "x"'),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert str(again) == str(error)


def test_a_sql_file_that_is_not_there_is_named() -> None:
    with pytest.raises(errors.ObjectMissing, match=r"9_nowhere/nothing\.sql(?s:.*)CONTROL_TOWER_SQL_DIR"):
        database.read_sql("9_nowhere/nothing.sql")


def test_a_second_session_has_the_limits_and_the_memory_of_the_first(warehouse: psycopg.Connection[Any]) -> None:
    settings = (
        "application_name", "statement_timeout", "lock_timeout", "client_connection_check_interval", "work_mem",
        "temp_buffers",
    )  # fmt: skip
    with database.connect(application_name="first", statement_timeout_ms=7000, lock_timeout_ms=3000) as first:
        first.execute("set work_mem = '9MB'; set temp_buffers = '11MB'")
        with database.open_like(first) as second:
            for setting in settings:
                shown = [session.execute(f"show {setting}").fetchone() for session in (first, second)]
                assert shown[0] == shown[1], setting
            assert second.autocommit
            assert second.info.dbname == warehouse.info.dbname


def test_a_file_is_split_where_statements_end_and_loses_its_comments() -> None:
    text = """-- Says what; not where.
-- rows: found
select ';--' || ';' as "a;b" -- and; this
from t where name like '%%it''s;%%';

do $body$ begin perform 1; -- kept: it is the body's
end $body$;
-- only a comment;
create function f() returns text language sql as $$ select $1; $$"""
    assert database.labelled_statements(text) == (
        ("found", "select ';--' || ';' as \"a;b\" \nfrom t where name like '%%it''s;%%';"),
        (None, "do $body$ begin perform 1; -- kept: it is the body's\nend $body$;"),
        (None, "create function f() returns text language sql as $$ select $1; $$"),
    )
    assert database.labelled_statements("-- nothing; at all\n") == ()


def test_our_files_have_nothing_that_would_be_split_wrongly() -> None:
    for file in database.SQL_DIR.rglob("*.sql"):
        for statement in database.split_statements(file.read_text()):
            assert not re.search(r"/\*|\b[eE]'[^']*\\'|\bbegin atomic\b", statement), file


def test_our_pipelines_are_split_as_by_a_parser_of_sql() -> None:
    for file in (database.SQL_DIR / "pipeline" / "1_normalise").glob("*.sql"):
        parts = [sqlparse.format(part, strip_comments=True) for part in sqlparse.split(file.read_text())]
        split = [re.sub(r"\s", "", statement) for statement in database.split_statements(file.read_text())]
        assert split == [re.sub(r"\s", "", part) for part in parts if part]


def sql_file(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> str:
    """A file of statements below `SQL_DIR`."""
    monkeypatch.setattr(database, "SQL_DIR", folder)
    (folder / "file.sql").write_text(text)
    return "file.sql"


COUNTED = """
drop table if exists numbers_this_step;
create temporary table numbers_this_step on commit drop as select generate_series(1, 5) as n;
-- rows: written
insert into numbers_this_step values (6), (%(n)s);
-- rows: moved
update numbers_this_step set n = n + 1 where n > 4;
-- rows: written
insert into numbers_this_step values (9);
analyze numbers_this_step;
"""


def test_the_statements_of_a_file_are_sent_together_in_a_transaction(
    warehouse: psycopg.Connection[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = sql_file(tmp_path, monkeypatch, COUNTED)
    sent = []
    original = psycopg.Connection.pipeline
    monkeypatch.setattr(
        psycopg.Connection, "pipeline", lambda self: sent.append(self.info.transaction_status) or original(self)
    )
    for _ in range(7):  # more often than psycopg sends a statement before it prepares it
        with warehouse.transaction():
            assert database.execute_file(warehouse, file, {"n": 7}) == {"written": 3, "moved": 3}
    assert len(sent) == 7
    monkeypatch.setattr(psycopg.Pipeline, "is_supported", lambda: False)
    with warehouse.transaction():
        assert database.execute_file(warehouse, file, {"n": 7}) == {"written": 3, "moved": 3}
    assert len(sent) == 7, "libpq of before 14"
    file = sql_file(tmp_path, monkeypatch, "-- rows: found\nselect generate_series(1, 3)")
    assert database.execute_file(warehouse, file) == {"found": 3}
    assert len(sent) == 7, "not outside a transaction"


def test_of_statements_sent_together_the_first_that_fails_is_the_error(
    warehouse: psycopg.Connection[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = "create temporary table ours on commit drop as select 1 as n; insert into ours select 1 / %(n)s;"
    file = sql_file(tmp_path, monkeypatch, f"{good} select nothing_here; select 1 / %(n)s;")
    for n, error in ((0, psycopg.errors.DivisionByZero), (1, psycopg.errors.UndefinedColumn)) * 4:
        with warehouse.transaction():
            with pytest.raises(error), warehouse.transaction():
                database.execute_file(warehouse, file, {"n": n})
            assert warehouse.execute("select to_regclass('pg_temp.ours')").fetchone() == (None,)
            missing = "query parameter missing: n"
            with pytest.raises(psycopg.ProgrammingError, match=missing), warehouse.transaction():
                database.execute_file(warehouse, file, {"m": n})
            assert warehouse.execute("select 1").fetchone() == (1,), "the transaction goes on"
    file = sql_file(tmp_path, monkeypatch, "select 1; select pg_terminate_backend(pg_backend_pid()); select 2;")
    with pytest.raises(psycopg.OperationalError), warehouse.transaction():
        database.execute_file(warehouse, file)
