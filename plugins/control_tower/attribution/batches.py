"""Run work in bounded, committed batches with progress in the log; a killed run resumes with the rest."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import psycopg

from control_tower.database import open_like, read_sql

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

    Several workers run concurrently, each in its own session; they must not take the same items. When one fails, the
    others finish their current batch and stop. The session is in autocommit; `total` and `what`, the items in the
    plural, are for the progress in the log.

    Returns:
        Number of items processed.
    """
    progress = _Progress(total, what)
    with ExitStack() as stack:
        sessions = [connection, *(stack.enter_context(open_like(connection)) for _ in workers[1:])]
        if len(workers) == 1:
            _work(sessions[0], run_id, workers[0], progress)
        else:
            with ThreadPoolExecutor(max_workers=len(workers)) as pool:
                running = [
                    pool.submit(_work, session, run_id, worker, progress)
                    for session, worker in zip(sessions, workers, strict=True)
                ]
            for finished in running:
                finished.result()
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


def _work(session: psycopg.Connection[Any], run_id: int, worker: Work, progress: _Progress) -> None:
    try:
        while not progress.is_over:
            with session.transaction():
                session.execute(read_sql("jobs/hold.sql"), {"run_id": run_id})
                taken = worker(session)
            if not taken:
                return
            progress.add(taken)
    except BaseException:
        progress.is_over = True
        raise
