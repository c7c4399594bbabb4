"""Health on a database that already had views of these names, and for those who may only read."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from control_tower.migrate import migrate

VIEWS = ("v_data_sources_catalog", "v_data_freshness_status", "v_data_ingestion_daily", "v_data_health_status")
ALL = (*VIEWS, "v_pipeline_health", "v_scout_attribution_health")
COLUMNS = """
    select attname::text, format_type(atttypid, atttypmod) from pg_attribute
    where attrelid = %s::regclass and attnum > 0 order by attnum
"""


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_that_was_there_keeps_its_columns_and_gains_others_at_the_end(
    established_database: Any, view: str
) -> None:
    before = established_database.query(COLUMNS, f"ops.{view}")
    oid = established_database.query("select %s::regclass::oid", f"ops.{view}")
    established_database.query(f"create view reporting.on_top as select * from ops.{view}")

    migrate(established_database)

    after = established_database.query(COLUMNS, f"ops.{view}")
    assert after[: len(before)] == before
    assert established_database.query("select %s::regclass::oid", f"ops.{view}") == oid
    assert established_database.query(
        "select count(*) > 0 or %s = 'v_data_ingestion_daily' from reporting.on_top", view
    )
    assert migrate(established_database).applied == ()


def test_an_established_database_says_what_is_wrong_with_it(established_database: Any) -> None:
    migrate(established_database)

    moment = "timestamptz '2025-11-14 12:00Z'"
    states = dict(
        established_database.query(f"select source_name, health_status from ops.v_data_health_status_at({moment})")
    )
    assert states["summary_daily"] == "YELLOW_BUSINESS_LAG"
    assert states["module_ct_scouting_daily"] == "RED_NO_INGESTION_2D"
    assert states["drivers"] == "RED_INGESTION_STALE"
    assert states["yango_payment_ledger"] in ("RED_NO_DATA", "RED_NO_INGESTION_2D")
    assert established_database.query(
        f"select rubbish_count from ops.v_data_health_status_at({moment}) where source_name = 'summary_daily'"
    ) == [(1,)]
    pipelines = established_database.query(
        f"select job_type, states from ops.v_pipeline_health_at({moment}) order by 1"
    )
    assert sorted(pipelines) == [
        # a run that an older program left RUNNING on the 12th, and one completed just before it
        ("identity_run", ["RED_INGESTION_STALE", "YELLOW_RUN_STUCK"]),
        ("scout_attribution_refresh", ["RED_NO_ATTRIBUTION"]),
    ]


def test_columns_that_some_databases_lack_are_done_without(empty_database: Any) -> None:
    empty_database.query(
        "create table public.module_ct_scouts_list"
        " (scout_id integer, raw_name varchar, name varchar, is_active boolean)"
    )
    empty_database.query("insert into public.module_ct_scouts_list (scout_id) values (11)")
    empty_database.query(
        "create table public.module_ct_cabinet_leads (id serial, external_id varchar, park_phone varchar,"
        " asset_plate_number varchar, asset_model varchar, first_name varchar, middle_name varchar, last_name varchar,"
        " lead_created_at timestamp)"
    )
    empty_database.query("insert into public.module_ct_cabinet_leads (lead_created_at) values ('2025-11-10 23:00')")

    def states() -> dict[str, str]:
        answer = "select source_name, health_status from ops.v_data_health_status_at('2025-11-11 12:00Z')"
        return dict(empty_database.query(answer))

    migrate(empty_database)
    assert states()["module_ct_cabinet_leads"] == "GREEN_OK", "lead_created_at stands in"
    assert states()["module_ct_scouts_list"] == "UNKNOWN", "there are rows, and nothing says when they came"

    empty_database.query("alter table public.module_ct_scouts_list add column updated_at timestamp")
    empty_database.query("update public.module_ct_scouts_list set updated_at = '2025-11-11 06:00'")
    migrate(empty_database)
    assert states()["module_ct_scouts_list"] == "GREEN_OK"


@pytest.mark.parametrize("role", ["control_tower_reader", "control_tower_writer"])
def test_both_roles_read_every_view(warehouse: psycopg.Connection[Any], role: str) -> None:
    warehouse.execute(f"set role {role}".encode())

    for view in ALL:
        warehouse.execute(f"select * from ops.{view}".encode()).fetchall()


def test_the_writer_keeps_the_bookkeeping_and_the_reader_does_not(warehouse: psycopg.Connection[Any]) -> None:
    warehouse.execute("update ops.health_settings set live_count_bytes = -1")
    warehouse.execute("insert into public.drivers (driver_id, updated_at) values ('D1', now())")
    warehouse.execute("select pg_stat_force_next_flush()")

    warehouse.execute("set role control_tower_reader")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        warehouse.execute("select ops.refresh_source_counts()")
    warehouse.execute("set role control_tower_writer")
    assert warehouse.execute("select ops.refresh_source_counts()").fetchone() == (11,)
    assert warehouse.execute("select ops.refresh_source_counts()").fetchone() == (0,)
