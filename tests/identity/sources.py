"""Source rows for tests, with plausible defaults or NULL."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[Any]


def driver(connection: Connection, driver_id: str, **columns: Any) -> str:
    """A row of public.drivers, by default hired on 2026-11-01."""
    return _insert(connection, "drivers", "driver_id", {"driver_id": driver_id, "hire_date": "2026-11-01", **columns})


def lead(connection: Connection, external_id: str | None, name: str | None = None, **columns: Any) -> str:
    """A row of public.module_ct_cabinet_leads of 2026-10-30; the name goes into first_name."""
    row = {"external_id": external_id, "first_name": name, "lead_created_at": "2026-10-30 10:00", **columns}
    return _insert(connection, "module_ct_cabinet_leads", "coalesce(external_id, id::text)", row)


def scouting(connection: Connection, row_id: int, name: str | None = None, **columns: Any) -> str:
    """A row of public.module_ct_scouting_daily of 2026-10-29 by scout 7."""
    row = {"id": row_id, "driver_name": name, "scout_id": 7, "registration_date": "2026-10-29", **columns}
    return _insert(connection, "module_ct_scouting_daily", "id::text", row)


def migration(connection: Connection, row_id: int, driver_id: str | None, **columns: Any) -> str:
    """A row of public.module_ct_migrations hired on 2026-11-01 by scout 9."""
    row = {"id": row_id, "driver_id": driver_id, "scout_id": 9, "hire_date": "2026-11-01", **columns}
    return _insert(connection, "module_ct_migrations", "id::text", row)


def _insert(connection: Connection, table: str, key: str, row: dict[str, Any]) -> str:
    statement = sql.SQL("insert into public.{} ({}) values ({}) returning {}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() for _ in row),
        sql.SQL(key),  # type: ignore[arg-type]
    )
    found = connection.execute(statement, list(row.values())).fetchone()
    assert found is not None
    return str(found[0])
