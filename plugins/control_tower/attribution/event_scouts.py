"""Scouts for cabinet-lead events, where one lead stands against one scouting row."""

from __future__ import annotations

from typing import Any

import psycopg

from control_tower.attribution.batches import in_batches
from control_tower.database import fetch_one, read_sql, split_statements
from control_tower.settings import get_settings

NOBODY = "00000000-0000-0000-0000-000000000000"


def backfill_event_scouts(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Give cabinet-lead events of queued persons their scout where the mapping is one to one; audit each outcome.

    Args:
        connection: Session in autocommit.
        run_id: The run.

    Returns:
        `rows`: events that got a scout; `audited`: audit rows written.
    """
    size = get_settings().batch_size
    total = int(fetch_one(connection, "select count(*) from canon.attribution_queue")[0])
    statements = split_statements(read_sql("4_ledger/event_scouts.sql"))
    after = NOBODY
    updated = audited = 0

    def work() -> int:
        nonlocal after, updated, audited
        parameters = {"run_id": run_id, "after": after, "batch_size": size}
        cursors = [connection.execute(statement, parameters) for statement in statements]
        updated += cursors[-3].rowcount
        audited += cursors[-2].rowcount
        last, persons = cursors[-1].fetchone() or (None, 0)
        after = last or after
        return int(persons)

    in_batches(connection, run_id, work, total=total, what="persons")
    return {"rows": updated, "audited": audited}
