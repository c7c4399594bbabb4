"""The demo fleet on a real database: what is loaded, what it replaces, and whose rows it never touches."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg import sql
from tests.pipeline import ingest

from control_tower.demo.fleet import SOURCE_COLUMNS, Fleet, FleetSize, build_fleet
from control_tower.demo.load import DemoRefused, FleetLoadReport, load_fleet
from control_tower.demo.room import refuse_inhabited_database, replace_fleet

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


def replace(connection: Connection, fleet: Fleet) -> FleetLoadReport:
    return replace_fleet(connection, fleet, report=lambda _: None)


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


def test_a_database_without_a_row_may_be_taken_and_so_may_one_with_a_demo(warehouse: Connection):
    refuse_inhabited_database(warehouse)
    load(warehouse, fleet_of())
    refuse_inhabited_database(warehouse)


def test_a_database_with_rows_of_somebody_else_is_refused_before_anything_is_created(established_database: Any):
    with psycopg.connect(established_database, autocommit=True) as connection:
        before = rows_of(connection, "public", "canon", "observational", "ops", "demo")
        with pytest.raises(DemoRefused, match=r"public\.drivers") as refused:
            refuse_inhabited_database(connection)
        assert rows_of(connection, "public", "canon", "observational", "ops", "demo") == before
    assert "AIRFLOW_CONN_CONTROL_TOWER" in str(refused.value)


def test_results_go_with_the_fleet_they_were_made_of_and_runs_stay(warehouse: Connection):
    replace(warehouse, fleet_of())
    finished = ingest()
    crashed = ingest(until="group_accounts")
    made = {table for table, rows in rows_of(warehouse, "canon", "observational").items() if rows}
    assert {"canon.identity_links", "canon.records_index", "observational.lead_events"} <= made

    replace(warehouse, fleet_of(seed=6))

    assert not any(rows_of(warehouse, "canon", "observational").values())
    statuses = dict(warehouse.execute("select id, status::text from ops.ingestion_runs").fetchall())
    assert statuses == {finished: "COMPLETED", crashed: "FAILED"}
    ingest()


def test_results_about_somebody_else_s_records_are_never_thrown_away(warehouse: Connection):
    replace(warehouse, fleet_of())
    ingest()
    warehouse.execute(
        "update canon.identity_links set source_pk = 'mine' where source_table = 'drivers' and source_pk ="
        " (select min(source_pk) from canon.identity_links where source_table = 'drivers')"
    )
    before = rows_of(warehouse, "canon", "public")

    with pytest.raises(DemoRefused, match=r"canon\.identity_links \(1\)"):
        replace(warehouse, fleet_of(seed=6))

    assert rows_of(warehouse, "canon", "public") == before
