"""The newest link of the audit chain, for messages, heartbeats and task logs.

Whoever rewrites the whole chain cannot rewrite what was sent: `ops.verify_audit` compares the two (ADR 9).
"""

from __future__ import annotations

from typing import Any

import psycopg

from control_tower.database import fetch_rows


def newest_seal(connection: psycopg.Connection[Any]) -> dict[str, Any] | None:
    """Position and hash (64 hexadecimal digits) of the newest link; None while nothing is sealed."""
    rows = fetch_rows(connection, "monitoring/newest_seal.sql")
    return rows[0] if rows else None


def seal_line(connection: psycopg.Connection[Any]) -> str:
    """The newest link as one line."""
    seal = newest_seal(connection)
    return f"audit chain: link {seal['position']}, {seal['hash']}" if seal else "audit chain: nothing is sealed yet"
