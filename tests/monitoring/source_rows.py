"""Rows of watched sources as their loaders write them, and what the health views say of them at a moment."""

from __future__ import annotations

import itertools
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

_KEYS = itertools.count(100_000)

# What each loader writes: %(business)s is the day that the row is about, %(came)s when it came, on the local clock.
INSERTS = {
    "summary_daily": "insert into public.summary_daily (driver_id, date_file, created_at)"
    " values ('D1', to_char(%(business)s::date, 'DD-MM-YYYY'), %(came)s)",
    "yango_payment_ledger": "insert into ops.yango_payment_status_ledger (source_pk, pay_date, snapshot_at,"
    " raw_driver_name, driver_name_normalized, milestone_value, is_paid, paid_flag_source, payment_key, state_hash)"
    " values (%(key)s, %(business)s, %(came)s::timestamp at time zone %(zone)s, 'A', 'a', 1, true, 'trip_1',"
    " %(key)s, 'x')",
    "module_ct_cabinet_leads": "insert into public.module_ct_cabinet_leads (external_id, lead_created_at, created_at)"
    " values (%(key)s, %(business)s, %(came)s)",
    "module_ct_scouting_daily": "insert into public.module_ct_scouting_daily (id, registration_date, created_at)"
    " values (%(key)s, %(business)s, %(came)s)",
    "module_ct_migrations": "insert into public.module_ct_migrations (id, hire_date, created_at)"
    " values (%(key)s, %(business)s, %(came)s)",
    "lead_events": "insert into observational.lead_events (source_table, source_pk, event_date, created_at)"
    " values ('module_ct_migrations', %(key)s, %(business)s, %(came)s::timestamp at time zone %(zone)s)",
    "module_ct_scout_drivers": "insert into public.module_ct_scout_drivers (scout_id, created_at)"
    " values (%(key)s, %(came)s)",
    "module_ct_cabinet_payments": "insert into public.module_ct_cabinet_payments (date, created_at)"
    " values (%(business)s, %(came)s)",
    "drivers": "insert into public.drivers (driver_id, updated_at) values (%(key)s, %(came)s)",
    "module_ct_scouts_list": "insert into public.module_ct_scouts_list (scout_id, created_at)"
    " values (%(key)s, %(came)s)",
    "ingestion_runs": "insert into ops.ingestion_runs (job_type, status, started_at, completed_at, scope_date_to)"
    " values ('identity_run', 'COMPLETED', %(came)s::timestamp at time zone %(zone)s,"
    " %(came)s::timestamp at time zone %(zone)s, %(business)s)",
}


def add_row(
    warehouse: psycopg.Connection[Any],
    source: str,
    came: datetime | str,
    business: date | str | None = None,
    zone: str = "America/Lima",
) -> None:
    """One row of a source.

    Args:
        warehouse: Where.
        source: Its source_name.
        came: When it came, on the local clock.
        business: Which day it is about; the day on which it came if not said.
        zone: The zone of the local clock.
    """
    business = business if business is not None else (came[:10] if isinstance(came, str) else came.date())
    values = {"key": str(next(_KEYS)), "came": came, "business": business, "zone": zone}
    warehouse.execute(INSERTS[source].encode(), values)


def status(warehouse: psycopg.Connection[Any], source: str, moment: datetime | str, zone: str = "America/Lima") -> Any:
    """The row of `ops.v_data_health_status` for a source, at a moment on the local clock."""
    with warehouse.cursor(row_factory=namedtuple_row) as cursor:
        cursor.execute(
            "select * from ops.v_data_health_status_at(%s::timestamp at time zone %s) where source_name = %s",
            [moment, zone, source],
        )
        (row,) = cursor.fetchall()
    return row


def set_limits(warehouse: psycopg.Connection[Any], **limits: Any) -> None:
    """Change what the health views hold as the settings; keys are columns of ops.health_settings."""
    for column, value in limits.items():
        statement = psycopg.sql.SQL("update ops.health_settings set {} = %s").format(psycopg.sql.Identifier(column))
        warehouse.execute(statement, [value])
