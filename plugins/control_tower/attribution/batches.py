"""Run work in bounded, committed batches with progress in the log; a killed run resumes with the rest."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import psycopg

from control_tower.database import read_sql, without_temporary_tables
from control_tower.parallel import map_in_parallel

log = logging.getLogger(__name__)

REPORT_SECONDS = 5.0

Work = Callable[[psycopg.Connection[Any]], int]
"""Processes one batch in the session's open transaction and returns its size; 0: nothing is left."""


def in_batches(
    connection: psycopg.Connection[Any],
    run_id: int,
    *workers: Work,
    total: int,
    what: str,
) -> int:
    """Call each worker until it returns 0, each time in one transaction that holds the run.

    Two workers run concurrently, each in its own session; they must not take the same items. When one fails, the
    other finishes its current batch and stops. The session is in autocommit; `total` and `what`, the items in the
    plural, are for the progress in the log.

    Returns:
        Number of items processed.
    """
    progress = _Progress(total, what)
    map_in_parallel(connection, partial(_work, run_id, progress), workers)
    return progress.done


def side_by_side(work: Work, total: int, batch_size: int) -> Sequence[Work]:
    """The work twice if there is more than one batch, else once; for work whose batches lock what they take."""
    return [work, work] if total > batch_size else [work]


class _Progress:
    def __init__(self, total: int, what: str) -> None:
        self.total, self.what = total, what
        self.done, self.is_over = 0, False
        self._started, self._reported = time.perf_counter(), 0.0
        self._lock = threading.Lock()

    def add(self, taken: int) -> None:
        with self._lock:
            self.done += taken
            seconds = time.perf_counter() - self._started
            if seconds - self._reported >= REPORT_SECONDS:
                self._reported = seconds
                rate = self.done / seconds
                left = max(self.total - self.done, 0)
                log.info(
                    "%s of %s %s, %s/s, about %.0f s to go",
                    f"{self.done:,}",
                    f"{self.total:,}",
                    self.what,
                    f"{rate:,.0f}",
                    left / rate,
                )


def _work(run_id: int, progress: _Progress, session: psycopg.Connection[Any], worker: Work) -> None:
    try:
        while not progress.is_over:
            with without_temporary_tables(session), session.transaction():
                session.execute(read_sql("jobs/hold.sql"), {"run_id": run_id})
                taken = worker(session)
            if not taken:
                return
            progress.add(taken)
    except BaseException:
        progress.is_over = True
        raise
