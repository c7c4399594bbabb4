"""Work in bounded batches that commit, with progress in the log; a killed run resumes with what is left."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import psycopg

from control_tower.database import read_sql

log = logging.getLogger(__name__)

REPORT_SECONDS = 5.0


def in_batches(
    connection: psycopg.Connection[Any],
    run_id: int,
    work: Callable[[], int],
    *,
    total: int,
    what: str,
) -> int:
    """Call `work` until it finds nothing more to do, each time in one transaction that holds the run.

    Args:
        connection: Session in autocommit.
        run_id: The run.
        work: Does one batch and returns how many it took; 0: nothing was left.
        total: How many there are, for the progress report.
        what: What is counted, in the plural.

    Returns:
        How many were done.
    """
    done, started, reported = 0, time.perf_counter(), 0.0
    while True:
        with connection.transaction():
            connection.execute(read_sql("0_run/hold.sql"), {"run_id": run_id})
            taken = work()
        if not taken:
            break
        done += taken
        seconds = time.perf_counter() - started
        if seconds - reported >= REPORT_SECONDS:
            reported = seconds
            rate = done / seconds
            left = max(total - done, 0)
            log.info(
                "%s of %s %s, %s/s, about %.0f s to go", f"{done:,}", f"{total:,}", what, f"{rate:,.0f}", left / rate
            )
    return done
