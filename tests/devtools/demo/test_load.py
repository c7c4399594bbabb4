"""The demo fleet on a real database: what is loaded, what it replaces, and whose rows it never touches."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg import sql

from devtools.demo.database import make_room, refuse_inhabited_database
from devtools.demo.fleet import SOURCE_COLUMNS, Fleet, FleetSize, build_fleet
from devtools.demo.load import DemoRefused, FleetLoadReport, load_fleet
from tests.pipeline import attribute, ingest

TABLES = {
    **{f"public.{table}": columns for table, columns in SOURCE_COLUMNS.items()},
    "demo.truth_records": ("source_table", "source_pk", "human_id"),
    "demo.truth_drivers": ("driver_id", "human_id"),
    "demo.truth_scouts": ("human_id", "scout_id"),
}
Connection = psycopg.Connection[Any]


def fleet_of(drivers: int = 300, seed: int = 5) -> Fleet:
    return build_fleet(FleetSize(drivers), seed=seed, as_of=date(2026, 3, 15), country="PE")


def load(connection: Connection, fleet: Fleet) -> FleetLoadReport:
    return load_fleet(connection, fleet, report=lambda _: None)


def content(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that a load writes, as text, without ids that the database gives."""
    found = {}
    for table, columns in TABLES.items():
        statement = sql.SQL("select {} from {} order by 1").format(
            sql.SQL("row({})::text").format(sql.SQL(", ").join(map(sql.Identifier, columns))),
            sql.Identifier(*table.split(".")),
        )
        found[table] = connection.execute(statement).fetchall()
    return found


def rows_of(connection: Connection, *schemas: str) -> dict[str, int]:
    """Number of rows of every table of some schemas."""
    tables = connection.execute(
        "select relnamespace::regnamespace::text, relname from pg_class"
        " where relkind = 'r' and relnamespace::regnamespace::text = any(%s)",
        [list(schemas)],
    ).fetchall()
    return {
        f"{schema}.{table}": connection.execute(
            sql.SQL("select count(*) from {}").format(sql.Identifier(schema, table))
        ).fetchone()[0]  # type: ignore[index]
        for schema, table in tables
    }


def test_three_portions_are_the_whole(warehouse: Connection):
    whole = load(warehouse, fleet_of())
    loaded_at_once = content(warehouse)
    assert {table: len(rows) for table, rows in loaded_at_once.items()} == {
        (table if table.startswith("demo.") else f"public.{table}"): rows for table, rows in whole.row_counts.items()
    }

    portions = [load(warehouse, fleet_of().portion(number, 3)) for number in (2, 0, 1)]

    assert [portion.is_replacement for portion in portions] == [True, False, False]
    assert content(warehouse) == loaded_at_once


def test_another_fleet_replaces_the_first(warehouse: Connection):
    assert not load(warehouse, fleet_of(seed=1)).is_replacement
    first = content(warehouse)

    assert load(warehouse, fleet_of(seed=2)).is_replacement

    second = content(warehouse)
    assert {row for (row,) in first["public.drivers"]}.isdisjoint(row for (row,) in second["public.drivers"])
    assert {table: len(rows) for table, rows in second.items()}["public.drivers"] == 300


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("insert into public.drivers (driver_id) values ('mine')", "public.drivers (1)"),
        ("insert into public.module_ct_cabinet_leads (external_id) values ('mine')", "public.module_ct_cabinet_leads"),
        ("insert into public.module_ct_scouting_daily (id) values (987654)", "public.module_ct_scouting_daily"),
        ("insert into public.module_ct_scouts_list (id) values (987654)", "public.module_ct_scouts_list (1)"),
    ],
)
@pytest.mark.parametrize("is_loaded", [False, True])
def test_rows_of_somebody_else_are_never_replaced(warehouse: Connection, statement: str, table: str, is_loaded: bool):
    if is_loaded:
        load(warehouse, fleet_of())
    warehouse.execute(statement.encode())
    before = rows_of(warehouse, "public")

    with pytest.raises(DemoRefused) as refused:
        load(warehouse, fleet_of(seed=6))

    assert table in str(refused.value)
    assert rows_of(warehouse, "public") == before


def test_rows_that_come_later_get_new_ids(warehouse: Connection):
    load(warehouse, fleet_of())
    highest, new = (
        warehouse.execute(statement).fetchone()[0]  # type: ignore[index]
        for statement in (
            "select max(id) from public.module_ct_cabinet_leads",
            "insert into public.module_ct_cabinet_leads (external_id) values ('new') returning id",
        )
    )
    assert new == highest + 1


def test_a_database_without_a_row_may_be_taken(warehouse: Connection):
    assert make_room() is False
    assert not warehouse.closed


def test_a_database_with_rows_of_somebody_else_is_refused_before_anything_is_created(established_database: Any):
    with psycopg.connect(established_database, autocommit=True) as connection:
        before = rows_of(connection, "public", "canon", "observational", "ops", "demo")
        with pytest.raises(DemoRefused, match=r"public\.drivers") as refused:
            refuse_inhabited_database(connection)
        assert rows_of(connection, "public", "canon", "observational", "ops", "demo") == before
    assert "AIRFLOW_CONN_CONTROL_TOWER" in str(refused.value)


def test_an_earlier_demo_makes_room_with_everything_that_was_made_of_it(warehouse: Connection):
    load(warehouse, fleet_of())
    ingest()
    attribute()
    ingest(until="group_accounts")
    owner = warehouse.execute("select datdba from pg_database where datname = current_database()").fetchone()
    dsn = warehouse.info.dsn

    assert make_room() is True

    with psycopg.connect(dsn, autocommit=True) as connection:
        assert connection.execute("select to_regnamespace('ops'), to_regnamespace('demo')").fetchone() == (None, None)
        assert connection.execute(
            "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
        ).fetchone() == (0,)
        assert (
            connection.execute("select datdba from pg_database where datname = current_database()").fetchone() == owner
        )
    assert make_room() is False


@pytest.mark.parametrize(
    ("of_somebody_else", "named"),
    [
        (
            (
                "update canon.identity_links set source_pk = 'mine' where source_table = 'drivers' and source_pk ="
                " (select min(source_pk) from canon.identity_links where source_table = 'drivers')"
            ),
            r"canon\.identity_links \(1\)",
        ),
        ("insert into public.drivers (driver_id) values ('mine')", r"drivers \(1\)"),
        ("create table public.mine (id integer)", r"public\.mine"),
        ("create schema reports; create view reports.mine as select 1 as one", r"reports\.mine"),
        ("create function public.mine() returns integer language sql return 1", r"mine\(\)"),
        (
            "do $$ begin execute format('grant create on database %I to pg_monitor', current_database()); end $$",
            "rights",
        ),
        ("do $$ begin execute format('alter database %I set jit = off', current_database()); end $$", "settings"),
    ],
)
def test_what_no_demo_wrote_is_never_thrown_away(warehouse: Connection, of_somebody_else: str, named: str):
    load(warehouse, fleet_of())
    ingest()
    warehouse.execute(of_somebody_else.encode())
    before = rows_of(warehouse, "canon", "public", "ops")

    with pytest.raises(DemoRefused, match=named):
        make_room()

    assert rows_of(warehouse, "canon", "public", "ops") == before


def test_who_may_not_create_databases_is_told_what_to_do(warehouse: Connection, monkeypatch: pytest.MonkeyPatch):
    load(warehouse, fleet_of())
    name = warehouse.info.dbname
    warehouse.execute("create role demo_visitor login in role pg_read_all_data")
    try:
        uri = os.environ["AIRFLOW_CONN_CONTROL_TOWER"].replace("postgres@", "demo_visitor@")
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", uri)
        with pytest.raises(DemoRefused, match="may not create the database anew"):
            make_room()
        assert warehouse.execute("select current_database()").fetchone() == (name,)
    finally:
        warehouse.execute("drop role demo_visitor")
