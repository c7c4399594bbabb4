"""The limits of the health views, copied from the settings into the database.

The views must answer while Airflow is down, when no process has the environment variables.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from control_tower.database import read_sql
from control_tower.settings import Settings, get_settings


def write_limits(connection: psycopg.Connection[Any], settings: Settings | None = None) -> bool:
    """Write the limits into `ops.health_settings` where they differ, and return whether they did. Idempotent."""
    settings = settings or get_settings()
    written = connection.execute(
        read_sql("monitoring/write_limits.sql"),
        {
            "timezone": settings.timezone,
            "stuck_after_minutes": settings.stuck_after_minutes,
            "no_new_data_days": settings.no_new_data_days,
            "source_cadence_hours": Jsonb(dict(settings.source_cadence_hours or {})),
            "source_grace_hours": settings.source_grace_hours,
            "source_own_grace_hours": Jsonb(dict(settings.source_own_grace_hours or {})),
            "source_zones": Jsonb(dict(settings.source_zones or {})),
            "source_weekdays": Jsonb(dict(settings.source_weekdays or {})),
            "country": settings.country,
        },
    )
    return written.rowcount > 0
