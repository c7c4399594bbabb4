"""Drivers and leads that change between two runs: rows of the sources, updated as a loader would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

SQL = Path(__file__).with_name("sql")


def touch(connection: psycopg.Connection[Any], count: int, *, round_number: int) -> int:
    """Give so many drivers and so many leads another phone; returns how many rows that were.

    Each round takes other rows, from all over the tables.
    """
    parameters = {"count": count, "round": round_number}
    with connection.transaction():
        return sum(
            connection.execute((SQL / file).read_bytes(), parameters).rowcount
            for file in ("touch_drivers.sql", "touch_leads.sql")
        )
