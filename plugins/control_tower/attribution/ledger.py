"""The lead ledger: one row per person, derived from the person's events."""

from __future__ import annotations

from collections import Counter
from typing import Any

import psycopg

from control_tower.attribution.batches import in_batches, side_by_side
from control_tower.database import execute_file, fetch_one
from control_tower.settings import get_settings
from control_tower.statistics import gather_statistics

DERIVING_FILES = (
    "pipeline/8_ledger/read_person_events.sql",
    "pipeline/8_ledger/find_paid_scouts.sql",
    "pipeline/8_ledger/derive_ledger.sql",
)
"""Executed in this order for each batch of persons."""


def refresh_ledger(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Derive the ledger rows of all queued persons, in batches, two at a time if there are many.

    Returns:
        `rows`: ledger rows written; `persons`: persons derived; `audited`: audit rows written.
    """
    size = get_settings().batch_size
    total = int(fetch_one(connection, "select count(*) from canon.attribution_queue")[0])
    counted: list[Counter[str]] = []

    def work(session: psycopg.Connection[Any]) -> int:
        taken = execute_file(session, "pipeline/8_ledger/take_attribution_batch.sql", {"batch_size": size})["persons"]
        if taken:
            for file in DERIVING_FILES:
                execute_file(session, file)
            audited = execute_file(session, "pipeline/8_ledger/audit_ledger.sql", {"run_id": run_id})["audited"]
            written = execute_file(session, "pipeline/8_ledger/write_ledger.sql", {"run_id": run_id})["written"]
            counted.append(Counter(rows=written, audited=audited))
        return taken

    persons = in_batches(connection, run_id, *side_by_side(work, total, size), total=total, what="persons")
    counts = sum(counted, Counter[str]())
    # Without new statistics, concurrent readers of the views get plans for the old table sizes, which take minutes.
    gather_statistics(connection, "analyze observational.lead_ledger", counts["rows"])
    gather_statistics(connection, "analyze canon.attribution_queue", counts["rows"])
    return {"rows": counts["rows"], "persons": persons, "audited": counts["audited"]}
