"""The demo fleet on a real database: all of it is loaded, or nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg import sql

from control_tower.errors import ControlTowerError
from devtools.demo.fleet import SOURCE_COLUMNS, Fleet, FleetSize, build_fleet
from devtools.demo.load import FleetLoadReport, load_fleet

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


def test_a_load_writes_every_row_of_the_fleet_and_counts_them(warehouse: Connection):
    report = load(warehouse, fleet_of())
    assert {table: len(rows) for table, rows in content(warehouse).items()} == {
        (table if table.startswith("demo.") else f"public.{table}"): rows for table, rows in report.row_counts.items()
    }
    assert report.row_counts["drivers"] == 300


def test_a_load_that_fails_leaves_nothing(warehouse: Connection):
    warehouse.execute("alter table public.module_ct_scout_drivers add constraint refused check (false)")
    with pytest.raises(ControlTowerError):
        load(warehouse, fleet_of())
    assert warehouse.execute("select count(*) from public.drivers").fetchone() == (0,)


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
