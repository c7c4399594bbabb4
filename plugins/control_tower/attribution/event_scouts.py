"""Scouts for cabinet-lead events, where one lead stands against one scouting row."""

from __future__ import annotations

from collections import Counter
from typing import Any

import psycopg

from control_tower.attribution.batches import Work, in_batches
from control_tower.database import fetch_one, read_sql, split_statements
from control_tower.settings import get_settings

FIRST = "00000000-0000-0000-0000-000000000000"
MIDDLE = "7fffffff-ffff-ffff-ffff-ffffffffffff"
LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"


def backfill_event_scouts(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Give cabinet-lead events of queued persons their scout where the mapping is one to one; audit each outcome.

    Where there are many persons, two halves of them are at work side by side.

    Args:
        connection: Session in autocommit.
        run_id: The run.

    Returns:
        `rows`: events that got a scout; `audited`: audit rows written.
    """
    size = get_settings().batch_size
    total = int(fetch_one(connection, "select count(*) from canon.attribution_queue")[0])
    statements = split_statements(read_sql("pipeline/7_event_scouts/event_scouts.sql"))
    counted: list[Counter[str]] = []

    def of_persons(after: str, until: str) -> Work:
        def work(session: psycopg.Connection[Any]) -> int:
            nonlocal after
            parameters = {"run_id": run_id, "after": after, "until": until, "batch_size": size}
            cursors = [session.execute(statement, parameters) for statement in statements]
            counted.append(Counter(rows=cursors[-3].rowcount, audited=cursors[-2].rowcount))
            last, persons = cursors[-1].fetchone() or (None, 0)
            after = last or after
            return int(persons)

        return work

    halves = [(FIRST, MIDDLE), (MIDDLE, LAST)] if total > size else [(FIRST, LAST)]
    in_batches(connection, run_id, *(of_persons(*half) for half in halves), total=total, what="persons")
    counts = sum(counted, Counter[str]())
    return {"rows": counts["rows"], "audited": counts["audited"]}
