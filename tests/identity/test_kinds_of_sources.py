"""A source may be a partitioned table, a view, a materialised view, a foreign table or a subscriber's table."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from control_tower.migrate import migrate
from control_tower.monitoring import health_check
from devtools.local.embedded import EmbeddedServer, ensure_server
from tests.conftest import quick_folder
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]

TABLES = {
    "drivers": "driver_id",
    "module_ct_cabinet_leads": "id",
    "module_ct_cabinet_payments": "id",
    "module_ct_migrations": "id",
    "module_ct_scout_drivers": "id",
    "module_ct_scouting_daily": "id",
    "module_ct_scouts_list": "id",
    "summary_daily": "driver_id",
}
"""Each source table with a column to partition it by."""


def as_view(warehouse: Warehouse) -> None:
    for table in TABLES:
        warehouse.execute(f"create view public.{table} as select * from loader.{table}")  # type: ignore[arg-type]


def as_materialised_view(warehouse: Warehouse) -> None:
    for table in TABLES:
        warehouse.execute(
            f"create materialized view public.{table} as select * from loader.{table}"  # type: ignore[arg-type]
        )


def as_partitioned_table(warehouse: Warehouse) -> None:
    """Partitioned by hash; what the loader writes to is a view of it."""
    for table, column in TABLES.items():
        warehouse.execute(
            f"create table public.{table} (like loader.{table}) partition by hash ({column})"  # type: ignore[arg-type]
        )
        for part in range(2):
            warehouse.execute(
                f"create table public.{table}_{part} partition of public.{table}"  # type: ignore[arg-type]
                f" for values with (modulus 2, remainder {part})"
            )
        warehouse.execute(f"drop table loader.{table}")  # type: ignore[arg-type]
        warehouse.execute(f"create view loader.{table} as select * from public.{table}")  # type: ignore[arg-type]


def as_foreign_table(warehouse: Warehouse) -> None:
    target = warehouse.info
    warehouse.execute("create extension postgres_fdw")
    warehouse.execute(
        sql.SQL(
            "create server elsewhere foreign data wrapper postgres_fdw options (host {}, port {}, dbname {})"
        ).format(target.host, str(target.port), target.dbname)
    )
    warehouse.execute("create user mapping for current_user server elsewhere options (user 'postgres')")
    warehouse.execute("import foreign schema loader from server elsewhere into public")


KINDS: dict[str, Callable[[Warehouse], None]] = {
    "partitioned table": as_partitioned_table,
    "view": as_view,
    "materialised view": as_materialised_view,
    "foreign table": as_foreign_table,
}


def load(warehouse: Warehouse, *statements: str) -> None:
    """What the loader does to its tables, and what shows it in the source."""
    for statement in statements:
        warehouse.execute(statement)  # type: ignore[arg-type]
    views = warehouse.execute("select matviewname from pg_matviews where schemaname = 'public'").fetchall()
    for (view,) in views:
        warehouse.execute(sql.SQL("refresh materialized view public.{}").format(sql.Identifier(view)))
    warehouse.execute("select pg_stat_force_next_flush()")


FIRST_LOAD = (
    (
        "insert into loader.drivers (driver_id, phone, full_name, hire_date, created_at) values"
        " ('D1', '987654321', 'Ana Torres Vega', '2026-11-01', now())"
    ),
    (
        "insert into loader.module_ct_cabinet_leads (id, external_id, first_name, park_phone, lead_created_at) values"
        " (1, 'L1', 'Ana Torres Vega', '987654321', '2026-10-29 23:30'),"
        " (2, 'L2', 'Luis Rojas Paz', '912345678', '2026-10-29 10:00')"
    ),
    (
        "insert into loader.module_ct_scouting_daily (id, scout_id, driver_name, driver_phone, registration_date)"
        " values (1, 7, 'Ana Torres Vega', '987654321', '2026-10-29')"
    ),
    (
        "insert into loader.module_ct_migrations (id, driver_id, driver_name, hire_date) values"
        " (1, 'D1', 'Ana Torres Vega', '2026-11-01')"
    ),
    "insert into loader.summary_daily (driver_id, date_file, count_orders_completed) values ('D1', '2026-11-02', 6)",
    "insert into loader.module_ct_scouts_list (id, scout_id, raw_name, is_active) values (1, 7, 'Rosa Díaz', true)",
    (
        "insert into loader.module_ct_cabinet_payments (id, date, driver, trip_1) values"
        " (1, '2026-11-20', 'Ana Torres Vega', true)"
    ),
)

SECOND_LOAD = (
    # found by what the row says, since foreign rows do not say which transaction wrote them
    "update loader.module_ct_cabinet_leads set park_phone = '987654321', first_name = 'Ana Torres Vega' where id = 2",
    "update loader.drivers set phone = '934567812' where driver_id = 'D1'",
    "delete from loader.module_ct_migrations where id = 1",
    "update loader.summary_daily set count_orders_completed = 9 where driver_id = 'D1'",
    (
        "insert into loader.module_ct_scouting_daily (id, scout_id, driver_name, registration_date) values"
        " (2, 8, 'Pedro Quispe', '2026-10-30')"
    ),
)


def one(warehouse: Warehouse, query: str) -> Any:
    row = warehouse.execute(query.encode()).fetchone()
    return row[0] if row and len(row) == 1 else row


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_read_rightly_and_watched(warehouse: Warehouse, kind: str) -> None:
    warehouse.execute("create schema loader")
    for table in TABLES:
        warehouse.execute(f"alter table public.{table} set schema loader")  # type: ignore[arg-type]
    KINDS[kind](warehouse)
    assert migrate(warehouse.info.dsn).created_source_tables == ()

    load(warehouse, *FIRST_LOAD)
    ingest()
    attribute()
    assert warehouse.execute(
        "select source_pk, event_date::text from canon.records_index order by 1, 2"
    ).fetchall() == [
        ("1", "2026-10-29"),
        ("1", "2026-11-01"),
        ("L1", "2026-10-29"),
        ("L2", "2026-10-29"),
    ]
    trips = "select max(achieved_trips_in_window) from ops.v_payment_calculation"
    assert one(warehouse, trips) == 6
    assert one(warehouse, "select count(*) from ops.v_yango_payments_raw_current where is_paid") == 1
    assert one(warehouse, "select raw_name from ops.v_dim_scouts where scout_id = 7") == "Rosa Díaz"
    before = one(warehouse, "select count(*) from canon.evaluation_queue")
    assert ingest()
    assert one(warehouse, "select count(*) from canon.evaluation_queue") == before
    assert one(warehouse, "select max(run_id) from canon.records_index") == 1, "a second run reads nothing anew"

    load(warehouse, *SECOND_LOAD)
    ingest()
    attribute()
    assert one(warehouse, "select phone_norm from canon.records_index where source_pk = 'L2'") == "987654321"
    assert one(warehouse, "select phone_norm from canon.drivers_index") == "934567812"
    assert one(
        warehouse, "select gone_since is not null from canon.records_index where source_table = 'module_ct_migrations'"
    )
    assert one(warehouse, trips) == 9
    assert one(warehouse, "select total_trips_14d from ops.mv_cabinet_financial_14d limit 1") == 9
    assert one(warehouse, "select count(*) from canon.records_index where gone_since is null") == 4

    health_check.run_all_checks(warehouse, health_check.clock(warehouse), configured={})
    problems = warehouse.execute(
        "select check_name, state, details from ops.v_check_results where state = 'CHECK_FAILED'"
        " or state = 'RED_SOURCE_REPLACED' or state = 'RED_INVARIANT_BROKEN'"
    ).fetchall()
    assert problems == []
    assert warehouse.execute(
        "select source_name, total_rows from ops.v_data_health_status where source_name in"
        " ('drivers', 'module_ct_cabinet_leads', 'module_ct_scouting_daily', 'summary_daily', 'module_ct_scouts_list',"
        " 'module_ct_cabinet_payments') order by 1"
    ).fetchall() == [
        ("drivers", 1),
        ("module_ct_cabinet_leads", 2),
        ("module_ct_cabinet_payments", 1),
        ("module_ct_scouting_daily", 2),
        ("module_ct_scouts_list", 1),
        ("summary_daily", 1),
    ]


def test_a_foreign_server_that_is_away_hides_no_other_source(warehouse: Warehouse) -> None:
    warehouse.execute("create schema loader")
    for table in TABLES:
        warehouse.execute(f"alter table public.{table} set schema loader")  # type: ignore[arg-type]
    as_foreign_table(warehouse)
    warehouse.execute("drop foreign table public.summary_daily")
    warehouse.execute("create server away foreign data wrapper postgres_fdw options (host '/nowhere', dbname 'x')")
    warehouse.execute("create user mapping for current_user server away options (user 'postgres')")
    warehouse.execute(
        "create foreign table public.summary_daily (driver_id varchar, date_file varchar,"
        " count_orders_completed integer, sum_work_time_seconds bigint, created_at timestamp) server away"
    )
    health_check.run_all_checks(warehouse, health_check.clock(warehouse), configured={})
    failed = warehouse.execute(
        "select check_name, details ->> 'error' from ops.v_check_results where check_name ~ '^(source|probe.source)'"
        " and state = 'CHECK_FAILED'"
    ).fetchall()
    assert [name for name, _ in failed] == ["source.summary_daily"]
    assert "could not connect to server" in failed[0][1]


@pytest.fixture
def logical_server() -> Iterator[EmbeddedServer]:
    """A server that can publish and subscribe."""
    folder = Path(quick_folder("control-tower-logical-"))
    folder.chmod(0o711)
    server = ensure_server(
        folder, {"wal_level": "logical", "max_wal_senders": "4", "fsync": "off", "shared_buffers": "32MB"}
    )
    yield server
    server.destroy()


def test_a_subscriber_is_read_as_rows_arrive(logical_server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with psycopg.connect(logical_server.uri("postgres"), autocommit=True) as session:
        for name in ("publisher", "subscriber"):
            session.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    uri = logical_server.uri("subscriber")
    migrate(uri)
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", logical_server.airflow_connection_uri("subscriber"))
    with (
        psycopg.connect(logical_server.uri("publisher"), autocommit=True) as publisher,
        psycopg.connect(uri, autocommit=True) as warehouse,
    ):
        publisher.execute(
            "create table public.module_ct_scouting_daily (id bigint primary key, scout_id integer,"
            " driver_name varchar, driver_phone varchar, driver_license varchar, registration_date date,"
            " acquisition_method varchar, created_at timestamp default now(), updated_at timestamp)"
        )
        row = "insert into public.module_ct_scouting_daily (id, driver_phone, registration_date) values (%s, %s, now())"
        publisher.execute(row, [1, "987654321"])
        publisher.execute("create publication sources for all tables")
        publisher.execute("select pg_create_logical_replication_slot('sources', 'pgoutput')")
        warehouse.execute(
            sql.SQL("create subscription sources connection {} publication sources with (create_slot = false)").format(
                logical_server.uri("publisher")
            )
        )
        try:
            _wait_for(warehouse, "select count(*) = 1 from public.module_ct_scouting_daily")
            ingest()
            publisher.execute(row, [2, "912345678"])
            publisher.execute("update public.module_ct_scouting_daily set driver_phone = '934567812' where id = 1")
            _wait_for(
                warehouse,
                "select count(*) = 2 and max(driver_phone) = '934567812' from public.module_ct_scouting_daily",
            )
            ingest()
            said = warehouse.execute("select source_pk, phone_norm from canon.records_index order by 1").fetchall()
            assert said == [("1", "934567812"), ("2", "912345678")]
        finally:
            warehouse.execute("alter subscription sources disable")
            warehouse.execute("alter subscription sources set (slot_name = none)")
            warehouse.execute("drop subscription sources")


def _wait_for(warehouse: Warehouse, condition: str) -> None:
    deadline = time.monotonic() + 60
    while not one(warehouse, condition):
        assert time.monotonic() < deadline, condition
        time.sleep(0.1)
