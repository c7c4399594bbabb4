"""The lead ledger: one row per person, derived from the person's events."""

from __future__ import annotations

from typing import Any

import psycopg

from control_tower.attribution.batches import in_batches
from control_tower.database import execute_file, fetch_one
from control_tower.settings import get_settings


def refresh_ledger(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Derive the ledger rows of all queued persons, batch by batch.

    Args:
        connection: Session in autocommit.
        run_id: The run.

    Returns:
        `rows`: ledger rows written; `persons`: persons looked at; `audited`: audit rows written.
    """
    size = get_settings().batch_size
    total = int(fetch_one(connection, "select count(*) from canon.attribution_queue")[0])
    written = audited = 0

    def work() -> int:
        nonlocal written, audited
        taken = execute_file(connection, "4_ledger/take_attribution_batch.sql", {"batch_size": size})[0]
        if taken:
            counts = execute_file(connection, "4_ledger/lead_ledger.sql", {"run_id": run_id})
            audited += counts[-3]
            written += counts[-2]
        return taken

    persons = in_batches(connection, run_id, work, total=total, what="persons")
    return {"rows": written, "persons": persons, "audited": audited}
