"""Loaders rename, drop, re-create and alter their tables: nothing of ours is in the way, and nothing is overlooked."""

from __future__ import annotations

import logging
from typing import Any

import psycopg
import pytest

from control_tower import errors
from control_tower.migrate import migrate
from control_tower.monitoring import health_check
from tests.identity import sources
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]

SOURCE_TABLES = (
    "drivers",
    "module_ct_cabinet_leads",
    "module_ct_cabinet_payments",
    "module_ct_migrations",
    "module_ct_scout_drivers",
    "module_ct_scouting_daily",
    "module_ct_scouts_list",
    "summary_daily",
)

READ_AS_OWNER = ("module_ct_cabinet_payments",)
"""Read by a SECURITY DEFINER function, as a whole."""


def replace_by_rename(warehouse: Warehouse, table: str, *changes: str) -> None:
    """What a loader does that builds a new table beside the old one, and renames it into place."""
    for statement in (
        f"create table public.{table}_new (like public.{table} including all)",
        f"insert into public.{table}_new select * from public.{table}",
        *changes,
    ):
        warehouse.execute(statement)  # type: ignore[arg-type]
    with warehouse.transaction():
        warehouse.execute(f"alter table public.{table} rename to {table}_old")  # type: ignore[arg-type]
        warehouse.execute(f"alter table public.{table}_new rename to {table}")  # type: ignore[arg-type]


def known_records(warehouse: Warehouse) -> set[tuple[str, str]]:
    """Source and key of every record that is linked, or unmatched with a reason."""
    rows = warehouse.execute(
        "select source_table, source_pk from canon.identity_links where source_table <> 'drivers'"
        " union all select source_table, source_pk from canon.identity_unmatched where status <> 'RESOLVED'"
    ).fetchall()
    assert len(rows) == len(set(rows))
    return set(rows)


def states(warehouse: Warehouse) -> dict[str, str]:
    """The state of each check after a health check."""
    health_check.run_all_checks(warehouse, health_check.clock(warehouse), configured={})
    return dict(warehouse.execute("select check_name, state from ops.v_check_results").fetchall())


def test_a_table_that_was_renamed_into_place_is_told_and_read_by_the_next_run(
    warehouse: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    sources.driver(warehouse, "D1", phone="987654321", full_name="Ana Torres Vega")
    sources.scouting(warehouse, 1, "Ana Torres Vega", driver_phone="987654321")
    ingest()
    assert states(warehouse)["source.module_ct_scouting_daily"] != "RED_SOURCE_REPLACED"

    replace_by_rename(
        warehouse,
        "module_ct_scouting_daily",
        "insert into public.module_ct_scouting_daily_new (id, scout_id, driver_name, driver_phone, registration_date)"
        " values (2, 8, 'Luis Rojas Paz', '912345678', '2026-10-29')",
    )
    replace_by_rename(
        warehouse, "drivers", "insert into public.drivers_new (driver_id, phone) values ('D2', '912345678')"
    )
    found = states(warehouse)
    assert found["source.module_ct_scouting_daily"] == found["source.drivers"] == "RED_SOURCE_REPLACED"
    assert found["source.module_ct_cabinet_leads"] != "RED_SOURCE_REPLACED"
    assert known_records(warehouse) == {("module_ct_scouting_daily", "1")}

    with caplog.at_level(logging.WARNING):
        ingest()
    assert "public.module_ct_scouting_daily is another table than the one that was read last" in caplog.text
    assert known_records(warehouse) == {("module_ct_scouting_daily", "1"), ("module_ct_scouting_daily", "2")}
    assert warehouse.execute("select count(*) from canon.drivers_index where driver_id = 'D2'").fetchone() == (1,)
    found = states(warehouse)
    assert "RED_SOURCE_REPLACED" not in found.values()


def test_a_table_whose_rows_were_written_in_one_transaction_with_those_of_another_is_read(warehouse: Warehouse) -> None:
    with warehouse.transaction():
        warehouse.execute("create table public.corrected (like public.module_ct_scouting_daily including all)")
        for table, phone in (("module_ct_scouting_daily", "987654321"), ("corrected", "912345678")):
            warehouse.execute(
                f"insert into public.{table} (id, scout_id, driver_name, driver_phone, registration_date)"  # type: ignore[arg-type]
                " values (1, 7, 'Ana Torres Vega', %s, '2026-10-29')",
                [phone],
            )
    ingest()
    with warehouse.transaction():
        warehouse.execute("alter table public.module_ct_scouting_daily rename to former")
        warehouse.execute("alter table public.corrected rename to module_ct_scouting_daily")
    ingest()

    said = warehouse.execute("select payload ->> 'driver_phone' from canon.records_index").fetchall()
    assert said == [("912345678",)], "both rows have the same row version: only what they say tells them apart"


@pytest.mark.parametrize("table", SOURCE_TABLES)
def test_owners_drop_rename_and_alter_every_table_and_the_next_runs_read_what_is_there(
    warehouse: Warehouse, table: str
) -> None:
    ingest()
    attribute()
    columns = warehouse.execute(
        "select string_agg(format('%%I %%s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum)"
        " from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped",
        [f"public.{table}"],
    ).fetchone()
    assert columns is not None
    warehouse.execute(f"drop table public.{table}")  # type: ignore[arg-type]
    warehouse.execute(f"create table public.{table} ({columns[0]})")  # type: ignore[arg-type]
    ingest()
    attribute()
    texts = warehouse.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and atttypid = 'varchar'::regtype",
        [f"public.{table}"],
    ).fetchall()
    for (name,) in texts:
        warehouse.execute(f"alter table public.{table} alter column {name} type text")  # type: ignore[arg-type]
    warehouse.execute(f"alter table public.{table} rename to {table}_away")  # type: ignore[arg-type]
    warehouse.execute(f"alter table public.{table}_away rename to {table}")  # type: ignore[arg-type]
    ingest()
    attribute()
    statuses = warehouse.execute("select distinct status::text from ops.ingestion_runs").fetchall()
    assert statuses == [("COMPLETED",)]
    name = "source." + table
    assert states(warehouse)[name] != "RED_SOURCE_REPLACED"


def test_a_missing_table_stops_the_run_with_its_name_and_hides_no_other_source(warehouse: Warehouse) -> None:
    sources.lead(warehouse, "L1", "Ana Torres Vega", park_phone="987654321")
    ingest()
    warehouse.execute("alter table public.module_ct_scouting_daily rename to module_ct_scouting_daily_building")

    with pytest.raises(errors.SourceUnreadable, match=r"public\.module_ct_scouting_daily \(no such table\)") as caught:
        ingest()
    assert "Next: let the load that fills the tables finish or correct them" in str(caught.value)
    assert warehouse.execute("select count(*) from ops.ingestion_runs").fetchone() == (1,)

    health_check.run_all_checks(warehouse, health_check.clock(warehouse), configured={})
    found = dict(
        warehouse.execute(
            "select check_name, state from ops.v_check_results where check_name ~ '^(source|probe)\\.'"
        ).fetchall()
    )
    assert len(found) > 11
    assert {name for name, state in found.items() if state == "CHECK_FAILED"} == {"source.module_ct_scouting_daily"}
    assert warehouse.execute(
        "select severity, problem from ops.v_data_health_status where health_status = 'CHECK_FAILED'"
    ).fetchall() == [("RED", "public.module_ct_scouting_daily no such table")]

    warehouse.execute("alter table public.module_ct_scouting_daily_building rename to module_ct_scouting_daily")
    ingest()
    assert "CHECK_FAILED" not in states(warehouse).values()


def test_a_renamed_column_and_an_unreadable_type_are_told_with_table_column_and_types(warehouse: Warehouse) -> None:
    warehouse.execute("alter table public.drivers rename hire_date to hired_on")
    warehouse.execute(
        "alter table public.module_ct_cabinet_leads alter lead_created_at type jsonb using to_jsonb(lead_created_at)"
    )
    with pytest.raises(errors.SourceUnreadable) as caught:
        ingest()
    told = str(caught.value)
    assert "public.drivers.hire_date (missing)" in told
    assert (
        "public.module_ct_cabinet_leads.lead_created_at is of type jsonb (understood: timestamp without time zone, "
        "timestamp with time zone, date, text, character varying, character)"
    ) in told
    with pytest.raises(errors.SourceUnreadable, match="lead_created_at is of type jsonb"):
        migrate(warehouse.info.dsn)
    with pytest.raises(errors.SourceUnreadable, match="lead_created_at is of type jsonb"):
        attribute()


def test_nothing_depends_on_a_source_table_and_conditions_reach_it(warehouse: Warehouse) -> None:
    dependents = warehouse.execute(
        "select pg_describe_object(dependence.classid, dependence.objid, 0) from pg_depend as dependence"
        " where dependence.classid in ('pg_rewrite'::regclass, 'pg_proc'::regclass)"
        " and dependence.refobjid in (select oid from pg_class where relnamespace = 'public'::regnamespace)"
    ).fetchall()
    assert dependents == []

    warehouse.execute("set enable_seqscan = off")
    for query, index in (
        ("select * from canon.source_daily_trips where driver_id = 'D1'", "summary_daily_driver_id_idx"),
        ("select * from canon.source_drivers where driver_id = 'D1'", "drivers_pkey"),
        (
            "select * from canon.source_records where source_table = 'module_ct_scouting_daily' and row_id = 1",
            "module_ct_scouting_daily_pkey",
        ),
    ):
        plan = "\n".join(row[0] for row in warehouse.execute(f"explain {query}".encode()))
        assert index in plan, plan
    warehouse.execute("reset enable_seqscan")
    inlined = [table for table in SOURCE_TABLES if table not in READ_AS_OWNER]
    for table in inlined:
        plan = "\n".join(row[0] for row in warehouse.execute(f"explain select * from canon.read_{table}()".encode()))
        assert f"Seq Scan on {table}" in plan, plan


def test_a_statement_that_was_prepared_before_reads_the_table_that_is_there_now(warehouse: Warehouse) -> None:
    sources.scouting(warehouse, 1, "Ana Torres Vega", driver_phone="987654321")
    asked = "select source_pk from canon.source_records where source_table = 'module_ct_scouting_daily' order by 1"
    for _ in range(8):  # after five executions the plan is generic, and kept
        assert warehouse.execute(asked, prepare=True).fetchall() == [("1",)]
    with psycopg.connect(warehouse.info.dsn, autocommit=True) as loader:
        replace_by_rename(
            loader,
            "module_ct_scouting_daily",
            "insert into public.module_ct_scouting_daily_new (id, registration_date) values (2, '2026-10-29')",
        )
    assert warehouse.execute(asked, prepare=True).fetchall() == [("1",), ("2",)]
