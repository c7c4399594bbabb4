"""Cars and their plates."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.pipeline import ingest

Warehouse = psycopg.Connection[Any]


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
