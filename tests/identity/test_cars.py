"""Cars and plates: their steps wait for the sources that have them, and each model is normalised once."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from tests.identity import sources
from tests.pipeline import ingest, load_dag

Warehouse = psycopg.Connection[Any]
STEPS = {
    "module_ct_cabinet_leads": "cabinet_leads",
    "module_ct_scouting_daily": "scouting_rows",
    "module_ct_migrations": "migrations",
}


def fill_every_text(warehouse: Warehouse) -> None:
    """Fill every text column of every record."""
    for table in STEPS:
        columns = warehouse.execute(
            "select column_name from information_schema.columns where table_schema = 'public' and table_name = %s"
            " and data_type in ('text', 'character varying')",
            [table],
        )
        filled = [sql.SQL("{} = coalesce({}, 'ABC123')").format(*[sql.Identifier(column)] * 2) for (column,) in columns]
        warehouse.execute(sql.SQL("update public.{} set {}").format(sql.Identifier(table), sql.SQL(", ").join(filled)))


def test_shared_plates_wait_for_every_source_that_names_a_car(warehouse: Warehouse) -> None:
    sources.lead(warehouse, "l1")
    sources.scouting(warehouse, 1)
    sources.migration(warehouse, 1, "d1")
    fill_every_text(warehouse)

    found = warehouse.execute(
        "select source_table from canon.source_records where plate is not null or car_model is not null"
    )
    with_cars = {STEPS[table] for (table,) in found}

    dag = load_dag("identity_ingestion")
    counted = dag.get_task("prepare.find_shared_plates").upstream_task_ids
    assert with_cars == {name for name in STEPS.values() if f"normalise.{name}" in counted}


def test_a_model_is_normalised_once_however_many_drive_it(warehouse: Warehouse) -> None:
    warehouse.execute(
        "do $$begin execute format('alter database %I set track_functions = pl', current_database()); end$$"
    )
    warehouse.execute(
        "insert into public.drivers (driver_id, full_name, car_brand, car_model)"
        " select 'd' || n, 'Ana Torres', 'Toyota', 'Yaris' from generate_series(1, 300) as n"
    )
    warehouse.execute(
        "insert into public.module_ct_cabinet_leads (external_id, asset_model, lead_created_at)"
        " select 'l' || n, 'Toyota Yaris', '2026-10-30' from generate_series(1, 300) as n"
    )

    ingest()

    calls = warehouse.execute("select calls from pg_stat_user_functions where funcname = 'car_fingerprint'").fetchone()
    assert calls
    assert calls[0] <= 4, "once for the drivers, once for the leads"
    known = warehouse.execute("select count(*) from canon.drivers_index where car_fingerprint = 'TOYOTAYARIS'")
    assert known.fetchone() == (300,)
