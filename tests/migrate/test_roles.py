"""The roles control_tower_reader and control_tower_writer: made where the user may, spelled out where it may not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from control_tower.errors import PermissionMissing
from control_tower.migrate import logins, migrate
from control_tower.settings import get_settings
from control_tower.web import pool as web_pool
from tests.identity import crashes
from tests.pipeline import attribute, ingest

ROLES = ("control_tower_reader", "control_tower_writer")


@pytest.fixture
def without_roles(migrated_template: str, empty_database: Any) -> Iterator[None]:
    """A server on which nobody has made the roles yet; those that all other databases use keep out of the way."""
    for role in ROLES:
        empty_database.query(f"alter role {role} rename to {role}_of_others")
    yield
    for role in ROLES:
        if empty_database.query("select 1 from pg_roles where rolname = %s", role):
            empty_database.query(f"drop owned by {role}")
            empty_database.query(f"drop role {role}")
        empty_database.query(f"alter role {role}_of_others rename to {role}")


@pytest.fixture
def plain_user(server: Any, empty_database: Any) -> Iterator[str]:
    """Connection string of the owner of an empty database who may not create roles."""
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute("create role plain_user login")
        name = connection.info.dbname
        connection.execute(f"alter database {name} owner to plain_user")  # type: ignore[arg-type]
        connection.execute("alter schema public owner to plain_user")
    yield psycopg.conninfo.make_conninfo(empty_database, user="plain_user")
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute("reassign owned by plain_user to current_user")
        connection.execute("drop owned by plain_user")
    with psycopg.connect(server.uri("postgres"), autocommit=True) as connection:
        connection.execute(f"alter database {name} owner to current_user")  # type: ignore[arg-type]
        connection.execute("drop role plain_user")


def test_who_may_not_create_roles_is_told_the_statements_for_a_dba(
    without_roles: None, plain_user: str, empty_database: Any
) -> None:
    report = migrate(plain_user)
    (warning,) = report.warnings
    assert warning.splitlines()[1:] == [f"create role {role} nologin;" for role in ROLES]

    for statement in warning.splitlines()[1:]:
        empty_database.query(statement)
    report = migrate(plain_user)
    assert report.warnings == ()
    assert empty_database.query(
        "select has_table_privilege('control_tower_writer', 'observational.lead_ledger', 'insert, update'),"
        " has_table_privilege('control_tower_reader', 'ops.v_scout_attribution', 'select')"
    ) == [(True, True)]


def test_objects_of_others_are_named_in_statements_that_help(plain_user: str, empty_database: Any) -> None:
    migrate(plain_user)
    empty_database.query("revoke all on observational.lead_ledger from control_tower_writer")
    empty_database.query("alter table observational.lead_ledger owner to current_user")
    empty_database.query("grant select, insert, update on observational.lead_ledger to plain_user")
    (warning,) = migrate(plain_user).warnings
    statements = warning.splitlines()[1:]
    assert len(statements) == 1
    assert statements[0].endswith("on table observational.lead_ledger to control_tower_writer;")
    empty_database.query(statements[0])
    assert migrate(plain_user).warnings == ()


def test_rights_are_given_once(empty_database: Any) -> None:
    migrate(empty_database)
    rights = "select relname, relacl::text from pg_class where relacl is not null order by 1"
    before = empty_database.query(rights)
    assert migrate(empty_database).warnings == ()
    assert empty_database.query(rights) == before


def test_audit_tables_can_be_added_to_and_nothing_more(warehouse: psycopg.Connection[Any]) -> None:
    tables = warehouse.execute(
        "select tgrelid::regclass::text from pg_trigger where tgname = 'append_only' order by 1"
    ).fetchall()
    assert len(tables) >= 5
    for (table,) in tables:
        rights = [
            privilege
            for privilege in ("select", "insert", "update", "delete", "truncate", "trigger", "references")
            if warehouse.execute(
                "select has_table_privilege('control_tower_writer', %s, %s)", [table, privilege]
            ).fetchone()
            == (True,)
        ]
        assert rights == ["select"], table
        assert [
            column
            for column in ("id", "seen_at", "written_by", "written_at")
            if warehouse.execute(
                "select has_column_privilege('control_tower_writer', attrelid, attnum, 'insert') from pg_attribute"
                " where attrelid = %s::regclass and attname = %s",
                [table, column],
            ).fetchone()
            == (True,)
        ] == [], table
    owned = warehouse.execute(
        "select count(*) from pg_class where relowner = 'control_tower_writer'::regrole"
    ).fetchone()
    assert owned == (0,)


@pytest.fixture
def login(warehouse: psycopg.Connection[Any]) -> Iterator[Any]:
    """Makes login roles that are members of one of ours."""
    made: list[str] = []

    def make(role: str) -> str:
        made.append(f"somebody_{len(made)}")
        warehouse.execute(f"create role {made[-1]} login in role {role}")  # type: ignore[arg-type]
        return made[-1]

    yield make
    for name in made:
        warehouse.execute(f"drop role {name}")  # type: ignore[arg-type]


def test_both_pipelines_run_as_a_writer(
    warehouse: psycopg.Connection[Any], server: Any, login: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = login("control_tower_writer")
    uri = server.airflow_uri(warehouse.info.dbname)
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", uri.replace("postgres@", f"{user}@", 1))
    get_settings.cache_clear()
    crashes.yesterday(warehouse)
    crashes.today(warehouse)
    warehouse.execute("analyze")
    for _ in range(2):
        ingest()
        attribute()
    ingest(incremental=False)
    runs = warehouse.execute("select distinct status::text from ops.ingestion_runs").fetchall()
    assert runs == [("COMPLETED",)]
    users = warehouse.execute("select distinct changed_by from ops.job_runs_audit").fetchall()
    assert users == [(user,)]
    assert warehouse.execute("select count(*) > 0, bool_and(is_intact) from ops.v_audit_chain").fetchall() == [
        (True, True)
    ]


@pytest.mark.parametrize(("rows", "bytes_left"), [(10, 8192), (20_000, 0)])
def test_a_writer_empties_the_working_tables_and_no_other(
    warehouse: psycopg.Connection[Any], login: Any, rows: int, bytes_left: int
) -> None:
    warehouse.execute(
        "insert into canon.name_scores_this_run (name_a, name_b, similarity, verdict)"
        " select 'ANA ' || n, 'ANNA ' || n, 0.9, 'AGREE' from generate_series(1, %s) as n",
        [rows],
    )
    with warehouse.transaction():
        warehouse.execute(f"set local role {login('control_tower_writer')}")  # type: ignore[arg-type]
        warehouse.execute("select canon.truncate_working_table('canon.name_scores_this_run')")
    left = warehouse.execute(
        "select (select count(*) from canon.name_scores_this_run), pg_relation_size('canon.name_scores_this_run')"
    ).fetchone()
    assert left == (0, bytes_left), "what is deleted stays in the file, what is truncated does not"

    can_truncate = warehouse.execute(
        "select relpersistence::text, bool_or(has_table_privilege('control_tower_writer', oid, 'truncate'))"
        " from pg_class where relkind = 'r' and relnamespace::regnamespace::text in ('canon', 'observational', 'ops')"
        " group by relpersistence order by 1"
    ).fetchall()
    assert can_truncate == [("p", False), ("u", True)]


def test_both_roles_read_on_when_a_table_is_created_anew(
    warehouse: psycopg.Connection[Any], server: Any, login: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, reading = login("control_tower_writer"), login("control_tower_reader")
    uri = server.airflow_uri(warehouse.info.dbname)
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", uri.replace("postgres@", f"{user}@", 1))
    get_settings.cache_clear()
    crashes.today(warehouse)
    ingest()
    tables = warehouse.execute("select distinct table_name from canon.source_columns order by 1").fetchall()
    assert len(tables) == 8
    for (table,) in tables:
        for statement in (
            f"create table public.anew as select * from public.{table}",
            f"drop table public.{table}",
            f"alter table public.anew rename to {table}",
        ):
            warehouse.execute(statement)  # type: ignore[arg-type]
    ingest()
    attribute()
    read = psycopg.conninfo.make_conninfo(server.uri(warehouse.info.dbname), user=reading)
    with psycopg.connect(read, autocommit=True) as reader:
        for view in ("observational.v_conversion_metrics", "ops.v_yango_payments_raw_current", "ops.v_dim_scouts"):
            reader.execute(f"select * from {view}")  # type: ignore[arg-type]
        for table in ("drivers", "module_ct_cabinet_leads", "module_ct_cabinet_payments"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(f"select * from public.{table}")  # type: ignore[arg-type]


def test_of_all_functions_a_reader_can_execute_those_alone_that_write_nothing(
    warehouse: psycopg.Connection[Any],
) -> None:
    attribute()
    functions = warehouse.execute(
        "select oid::regprocedure::text, format('%s(%s)', oid::regproc, array_to_string(array("
        "  select format('null::%s', type::regtype) from unnest(proargtypes) as type), ', '))"
        " from pg_proc where pronamespace::regnamespace::text in ('canon', 'observational', 'ops')"
    ).fetchall()
    assert len(functions) > 60
    refused = set()
    for name, call in functions:
        with warehouse.transaction(force_rollback=True):
            warehouse.execute("set local role control_tower_reader")
            try:
                with warehouse.transaction():
                    warehouse.execute(f"select {call}")  # type: ignore[arg-type]
            except psycopg.errors.InsufficientPrivilege:
                refused.add(name)
            except psycopg.Error:  # what it makes of NULLs
                pass
            # the server numbers a transaction when it first writes
            assert warehouse.execute("select pg_current_xact_id_if_assigned()").fetchone() == (None,), name
    assert {
        "ops.seal_audited_runs(integer)",
        "ops.seal_decisions(integer)",
        "ops.check_audit()",
        "ops.take_lock(text,boolean)",
        "canon.rekey_records(text,text[],text[])",
    } <= refused
    executable_by_all = warehouse.execute(
        "select oid::regprocedure::text from pg_proc where pronamespace::regnamespace::text in"
        " ('canon', 'observational', 'ops') and provolatile = 'v' and has_function_privilege('public', oid, 'execute')"
    ).fetchall()
    assert executable_by_all == []


def test_rights_that_an_earlier_version_gave_too_many_are_taken_back(empty_database: Any) -> None:
    migrate(empty_database)
    empty_database.query("grant insert on ops.human_decisions, ops.audit_verifications to control_tower_writer")
    empty_database.query("grant execute on function ops.seal_audited_runs(integer) to public, control_tower_reader")
    assert migrate(empty_database).warnings == ()
    assert empty_database.query(
        "select has_table_privilege('control_tower_writer', 'ops.human_decisions', 'insert'),"
        " has_column_privilege('control_tower_writer', 'ops.human_decisions', 'reason', 'insert'),"
        " has_any_column_privilege('control_tower_writer', 'ops.audit_verifications', 'insert'),"
        " has_function_privilege('control_tower_reader', 'ops.seal_audited_runs(integer)', 'execute'),"
        " has_function_privilege('control_tower_writer', 'ops.seal_audited_runs(integer)', 'execute')"
    ) == [(False, True, False, False, True)]


def test_a_reader_reads_every_view_of_the_contract_and_no_table(
    warehouse: psycopg.Connection[Any], server: Any, login: Any
) -> None:
    attribute()
    uri = psycopg.conninfo.make_conninfo(server.uri(warehouse.info.dbname), user=login("control_tower_reader"))
    views = warehouse.execute(
        "select format('%I.%I', relnamespace::regnamespace, relname) from pg_class where relkind in ('v', 'm')"
        " and relname ~ '^m?v_' and relnamespace::regnamespace::text in ('ops', 'canon', 'observational')"
    ).fetchall()
    assert len(views) > 15
    with psycopg.connect(uri, autocommit=True) as reader:
        for (view,) in views:
            reader.execute(f"select * from {view}")  # type: ignore[arg-type]
        for table in ("canon.identity_links", "observational.lead_ledger", "public.drivers"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(f"select * from {table}")  # type: ignore[arg-type]


@pytest.fixture
def users(server: Any) -> Iterator[dict[str, tuple[str, str]]]:
    """User and password for each role, of users that are not there yet."""
    made = {role: (f"{role}_person", f"p@ss/{role}'") for role in ROLES}
    yield made
    with psycopg.connect(server.uri("postgres"), autocommit=True) as connection:
        for name, _ in made.values():
            connection.execute(f"drop role if exists {name}")  # type: ignore[arg-type]


def test_an_installation_has_an_owner_a_user_for_the_pipelines_and_one_for_the_pages(
    warehouse: psycopg.Connection[Any], server: Any, users: dict[str, tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = server.airflow_uri(warehouse.info.dbname)
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER_OWNER", uri)
    for part, role in (("", "control_tower_writer"), ("_READER", "control_tower_reader")):
        monkeypatch.setenv(f"AIRFLOW_CONN_CONTROL_TOWER{part}", uri.replace("postgres@", f"{users[role][0]}@", 1))
    get_settings.cache_clear()
    migrate()  # as the owner: the others do not exist
    logins.ensure_logins(users)
    writer = users["control_tower_writer"][0]
    warehouse.execute(f"grant postgres to {writer}".encode())  # as an earlier version did before PostgreSQL 17
    logins.ensure_logins(users)
    assert warehouse.execute("select pg_has_role(%s, 'postgres', 'member')", [writer]).fetchone() == (False,)
    stored = warehouse.execute(
        "select rolpassword like 'SCRAM-SHA-256%%' from pg_authid where rolname = any(%s)",
        [[name for name, _ in users.values()]],
    ).fetchall()
    assert stored == [(True,), (True,)]
    ingest()
    attribute()
    assert warehouse.execute("select distinct changed_by from ops.job_runs_audit").fetchall() == [
        (users["control_tower_writer"][0],)
    ]
    pools = web_pool.ConnectionPools(1)
    try:
        with pools.reading() as reader:
            assert reader.execute("select session_user").fetchone() == {"session_user": "control_tower_reader_person"}
            assert reader.execute("select count(*) as n from ops.v_pipeline_health").fetchone() == {"n": 2}
        with pools.noting() as writer:
            assert writer.execute("select session_user").fetchone() == {"session_user": "control_tower_writer_person"}
    finally:
        pools.close()
    monkeypatch.delenv("AIRFLOW_CONN_CONTROL_TOWER_OWNER")
    with pytest.raises(PermissionMissing):
        migrate()  # the pipelines' user cannot
