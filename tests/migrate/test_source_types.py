"""Every type that a loader makes of a column is read as what it says, or refused with table, column and types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from control_tower import errors
from control_tower.migrate import migrate
from control_tower.monitoring import health_check
from tests.pipeline import attribute, ingest

DRIFTS = """
module_ct_scouting_daily id integer text numeric
module_ct_scouting_daily scout_id bigint text float8 numeric
module_ct_scouting_daily driver_phone bigint
module_ct_scouting_daily driver_license bigint
module_ct_scouting_daily registration_date timestamp timestamptz text
module_ct_scouting_daily created_at timestamptz text
module_ct_cabinet_leads id bigint text
module_ct_cabinet_leads external_id uuid bigint
module_ct_cabinet_leads lead_created_at timestamptz date text
module_ct_cabinet_leads park_phone float8
module_ct_cabinet_leads created_at timestamptz
drivers driver_id uuid text
drivers hire_date timestamp timestamptz text
drivers phone bigint
drivers created_at timestamptz
drivers park_id uuid
module_ct_migrations id integer
module_ct_migrations hire_date timestamp
module_ct_migrations scout_id bigint float8
module_ct_migrations created_at timestamptz
summary_daily date_file date timestamp
summary_daily driver_id uuid
summary_daily count_orders_completed bigint float8
summary_daily sum_work_time_seconds float8 integer
summary_daily created_at timestamptz
module_ct_scouts_list scout_id bigint
module_ct_scouts_list is_active integer
module_ct_cabinet_payments trip_1 integer
module_ct_cabinet_payments date text timestamp
module_ct_cabinet_payments time text
"""

SEEN = {
    "records": "select source_table, source_pk, event_date::text, phone_norm, scout_id from canon.records_index",
    "events": "select source_table, source_pk, event_date::text, scout_id from observational.lead_events",
    "links": "select source_table, source_pk, match_rule from canon.identity_links",
    "drivers": "select driver_id, phone_norm, hire_date::text, park_id from canon.drivers_index",
    "trips": "select driver_id, trip_date::text, trips, work_seconds, loaded_at::text from canon.source_daily_trips",
    "scouts": "select scout_id, raw_name, is_active from ops.v_dim_scouts",
    "payments": "select payment_id, pay_date::text, pay_time::text, is_paid_1 from canon.source_cabinet_payments",
    "arrivals": (
        "select source_name, max_business_date::text, total_rows, rubbish_count, health_status <> 'CHECK_FAILED'"
        " from ops.v_data_health_status where source_name not in ('ingestion_runs', 'lead_events')"
    ),
}

KEY = "6f1d7c0e-7a3b-4f5c-9d2e-0123456789ab"
PARK = "0b9e0d53-2f4e-4c3a-8a61-9f4f5d0b7c11"


def fill(warehouse: psycopg.Connection[Any]) -> None:
    """A lead at 23:30, a scouting row, a migration, their drivers, trips, scouts and payments."""
    for statement in (
        (
            f"insert into public.drivers (driver_id, park_id, phone, full_name, hire_date, created_at) values"
            f" ('{KEY}', '{PARK}', '987654321', 'Ana Torres Vega', '2026-11-01', '2026-11-02 10:00')"
        ),
        (
            "insert into public.module_ct_cabinet_leads (id, external_id, first_name, park_phone, lead_created_at,"
            f" created_at) values (1, '{KEY}', 'Ana Torres Vega', '987654321', '2026-10-29 23:30', '2026-10-30 03:00')"
        ),
        (
            "insert into public.module_ct_scouting_daily (id, scout_id, driver_name, driver_phone, driver_license,"
            " registration_date, created_at) values"
            " (1, 7, 'Luis Rojas Paz', '912345678', '40123456', '2026-10-29', '2026-10-29 20:00')"
        ),
        (
            "insert into public.module_ct_migrations (id, driver_id, driver_name, scout_id, hire_date, created_at)"
            f" values (1, '{KEY}', 'Ana Torres Vega', 7, '2026-10-30', '2026-10-30 23:10')"
        ),
        (
            "insert into public.summary_daily (driver_id, date_file, count_orders_completed, sum_work_time_seconds,"
            f" created_at) values ('{KEY}', '2026-11-02', 6, 3600, '2026-11-03 05:00')"
        ),
        "insert into public.module_ct_scouts_list (id, scout_id, raw_name, is_active) values (1, 7, 'Rosa Díaz', true)",
        (
            "insert into public.module_ct_cabinet_payments (id, date, time, driver, trip_1, created_at)"
            " values (1, '2026-11-20', '09:30', 'Ana Torres Vega', true, '2026-11-21 09:00')"
        ),
    ):
        warehouse.execute(statement)  # type: ignore[arg-type]


def seen(warehouse: psycopg.Connection[Any]) -> dict[str, list[Any]]:
    """What both pipelines and the health check make of the sources."""
    ingest()
    attribute()
    health_check.run_all_checks(warehouse, health_check.clock(warehouse), configured={})
    return {name: sorted(warehouse.execute(query.encode()).fetchall(), key=repr) for name, query in SEEN.items()}


def drifts() -> Iterator[tuple[str, dict[str, str]]]:
    """Tables with one type for each of their columns that drifts, until each type had its turn."""
    types: dict[str, dict[str, list[str]]] = {}
    for table, column, *kinds in (line.split() for line in DRIFTS.strip().splitlines()):
        types.setdefault(table, {})[column] = kinds
    for table, columns in types.items():
        for turn in range(max(map(len, columns.values()))):
            yield table, {column: kinds[turn] for column, kinds in columns.items() if turn < len(kinds)}


@pytest.fixture(scope="module")
def as_we_make_it(told: Any) -> dict[str, list[Any]]:
    """What is seen of tables as migrate_schema makes them."""

    def story(warehouse: psycopg.Connection[Any]) -> dict[str, list[Any]]:
        fill(warehouse)
        return seen(warehouse)

    return dict(told(story)[1])


@pytest.mark.parametrize(("table", "columns"), drifts())
def test_what_a_column_says_does_not_depend_on_its_type(
    warehouse: psycopg.Connection[Any], as_we_make_it: dict[str, list[Any]], table: str, columns: dict[str, str]
) -> None:
    fill(warehouse)
    expected = as_we_make_it
    if columns.get("external_id") == "bigint":  # which a UUID cannot become
        warehouse.execute("update public.module_ct_cabinet_leads set external_id = '17'")
        expected = {name: [with_key_17(row) for row in rows] for name, rows in as_we_make_it.items()}
    warehouse.execute("set timezone = 'America/Lima'")  # what the loader writes without a zone is local time
    for column, kind in columns.items():
        written = f"{column}::{kind}"
        if kind == "text" and column in ("lead_created_at", "created_at", "hire_date"):
            written = f"to_char({column}::timestamptz at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
        elif column in ("trip_1", "is_active"):
            written = f"{column}::integer"
        warehouse.execute(
            f"alter table public.{table} alter {column} drop default,"  # type: ignore[arg-type]
            f" alter {column} type {kind} using {written}"
        )
    warehouse.execute("set timezone = 'Asia/Tokyo'")  # that of our session decides nothing

    assert seen(warehouse) == expected
    assert migrate(warehouse.info.dsn).warnings == ()


def with_key_17(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row as it is when the lead's key is another."""
    return (row[0], "17", *row[2:]) if row[:2] == ("module_ct_cabinet_leads", KEY) else row


@pytest.mark.parametrize(
    ("table", "column", "kind", "understood"),
    [
        ("drivers", "hire_date", "interval", "timestamp without time zone, timestamp with time zone, date"),
        ("module_ct_scouting_daily", "scout_id", "boolean", "integer, bigint, smallint, numeric"),
        ("summary_daily", "date_file", "bytea", "timestamp without time zone"),
        ("module_ct_cabinet_payments", "person_key", "jsonb", "uuid, text, character varying"),
        ("module_ct_cabinet_leads", "external_id", "text[]", "text, character varying"),
    ],
)
def test_a_type_that_is_not_understood_is_refused_with_what_is(
    empty_database: Any, table: str, column: str, kind: str, understood: str
) -> None:
    migrate(empty_database)
    empty_database.query(f"alter table public.{table} drop {column}")
    empty_database.query(f"alter table public.{table} add {column} {kind}")
    with pytest.raises(errors.SourceUnreadable) as caught:
        migrate(empty_database)
    assert f"public.{table}.{column} is of type {kind} (understood: {understood}" in str(caught.value)
    assert "Next: let the load that fills the tables write these columns" in str(caught.value)


def test_every_type_that_is_called_understood_is(warehouse: psycopg.Connection[Any]) -> None:
    readable = warehouse.execute(
        "select wanted.table_name, wanted.column_name, readable.type::text from canon.source_columns as wanted"
        " inner join canon.readable_types as readable using (reads_as) order by 1, 2, 3"
    ).fetchall()
    assert len(readable) > 300
    for table, column, kind in readable:
        with warehouse.transaction(force_rollback=True):
            warehouse.execute(f"alter table public.{table} drop {column}")  # type: ignore[arg-type]
            warehouse.execute(f"alter table public.{table} add {column} {kind}")  # type: ignore[arg-type]
            warehouse.execute(f"select * from canon.read_{table}()")  # type: ignore[arg-type]
            assert warehouse.execute("select * from canon.source_problems()").fetchall() == []


def test_a_value_that_is_none_makes_its_record_unmatched_and_the_run_completes(
    warehouse: psycopg.Connection[Any],
) -> None:
    warehouse.execute(
        "alter table public.module_ct_scouting_daily alter scout_id type float8, alter registration_date type text"
    )
    warehouse.execute("alter table public.summary_daily alter count_orders_completed type float8")
    warehouse.execute(
        "insert into public.drivers (driver_id, phone, full_name) values ('D1', '987654321', 'Ana Torres Vega')"
    )
    for number, (scout, day) in enumerate(
        [(7, "2026-10-29"), (7.5, "2026-10-29"), ("NaN", "2026-10-29"), ("Infinity", "2026-10-29"), (7, "31/02/2026")],
        start=1,
    ):
        warehouse.execute(
            "insert into public.module_ct_scouting_daily (id, scout_id, driver_name, driver_phone, registration_date)"
            " values (%s, %s, 'Ana Torres Vega', '987654321', %s)",
            [number, scout, day],
        )
    warehouse.execute(
        "insert into public.summary_daily (driver_id, date_file, count_orders_completed) values"
        " ('D1', '2026-11-02', 6), ('D1', '2026-11-03', 2.5), ('D1', '2026-11-04', 'NaN')"
    )
    ingest()
    attribute()

    assert warehouse.execute(
        "select source_pk, reason_code, details ->> 'unreadable' from canon.identity_unmatched"
        " where status = 'OPEN' order by 1"
    ).fetchall() == [
        ("2", "MISSING_KEYS", "scout_id"),
        ("3", "MISSING_KEYS", "scout_id"),
        ("4", "MISSING_KEYS", "scout_id"),
        ("5", "MISSING_KEYS", "registration_date"),
    ]
    assert warehouse.execute(
        "select source_pk from canon.identity_links where source_table = 'module_ct_scouting_daily'"
    ).fetchall() == [("1",)]
    assert warehouse.execute(
        "select trip_date::text, trips from canon.source_daily_trips where trip_date is not null"
    ).fetchall() == [("2026-11-02", 6)]
    assert warehouse.execute(
        "select rubbish_count from ops.v_data_health_status where source_name = 'summary_daily'"
    ).fetchone() == (2,)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-10-30T04:30:00+00:00", "2026-10-29"),
        ("2026-10-30 04:30:00.123456Z", "2026-10-29"),
        ("2026-10-29 23:30:00-05", "2026-10-29"),
        ("2026-10-29T23:30", "2026-10-29"),
        ("2026-10-29", "2026-10-29"),
        ("2026-10-29 25:00", None),
        ("2026-02-30 10:00", None),
        ("ayer", None),
        ("", None),
    ],
)
def test_a_lead_keeps_its_local_day_when_its_time_is_text(
    warehouse: psycopg.Connection[Any], written: str, day: str | None
) -> None:
    warehouse.execute("alter table public.module_ct_cabinet_leads alter lead_created_at type text")
    warehouse.execute(
        "insert into public.module_ct_cabinet_leads (id, external_id, first_name, park_phone, lead_created_at)"
        " values (1, 'L1', 'Ana Torres Vega', '987654321', %s)",
        [written],
    )
    ingest()
    assert warehouse.execute("select event_date::text from canon.records_index").fetchall() == [(day,)]
