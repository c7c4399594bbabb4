"""Scouts for cabinet-lead events where one lead corresponds to one scouting row."""

from __future__ import annotations

from collections import Counter
from typing import Any

import psycopg
from psycopg.rows import dict_row

from control_tower.attribution.batches import Work, in_batches
from control_tower.database import fetch_one, read_sql, split_statements
from control_tower.settings import get_settings

FIRST = "00000000-0000-0000-0000-000000000000"
MIDDLE = "7fffffff-ffff-ffff-ffff-ffffffffffff"
LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"

FILES = (
    "pipeline/7_event_scouts/take_person_batch.sql",
    "pipeline/7_event_scouts/follow_scouting_rows.sql",
    "pipeline/7_event_scouts/event_scouts.sql",
)
"""Executed in this order for each batch of persons."""


def backfill_event_scouts(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Set the scout of queued persons' cabinet-lead events where the mapping is one to one; audit each outcome.

    A scout set before follows its scouting row, which the source may have corrected since. More than one batch of
    persons is processed as two concurrent key ranges.

    Returns:
        `rows`: events whose scout was set or changed; `audited`: audit rows written.
    """
    size = get_settings().batch_size
    total = int(fetch_one(connection, "select count(*) from canon.attribution_queue")[0])
    statements = [statement for file in FILES for statement in split_statements(read_sql(file))]
    counted: list[Counter[str]] = []

    def worker_of(after: str, until: str) -> Work:
        def work(session: psycopg.Connection[Any]) -> int:
            nonlocal after
            parameters = {"run_id": run_id, "after": after, "until": until, "batch_size": size}
            cursor = session.cursor(row_factory=dict_row)
            for statement in statements:
                cursor.execute(statement, parameters)
            batch = cursor.fetchone() or {}
            counted.append(Counter(rows=batch["updated"], audited=batch["audited"]))
            after = batch["last_person_key"] or after
            return int(batch["persons"])

        return work

    key_ranges = [(FIRST, MIDDLE), (MIDDLE, LAST)] if total > size else [(FIRST, LAST)]
    in_batches(connection, run_id, *(worker_of(*key_range) for key_range in key_ranges), total=total, what="persons")
    counts = sum(counted, Counter[str]())
    return {"rows": counts["rows"], "audited": counts["audited"]}
