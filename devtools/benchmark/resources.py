"""What a measurement takes besides time: memory of processes, temporary files, and the size of the database."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg

EVERY_SECONDS = 0.1
STATISTICS = "select temp_files, temp_bytes from pg_stat_database where datname = current_database()"


@dataclass
class Resources:
    """Peaks of private memory (without the server's shared buffers) in bytes, and temporary files written meanwhile."""

    worker_bytes: int = 0
    """Of the largest Python process that runs steps; 0 where /proc does not say."""
    backend_bytes: int = 0
    """Of the largest session of the server; 0 where /proc does not say."""
    temporary_files: int = 0
    temporary_bytes: int = 0


@contextmanager
def watched(connection: psycopg.Connection[Any]) -> Iterator[Resources]:
    """Watch the processes of steps and the sessions of the connection's server, on this machine, meanwhile."""
    found = Resources()
    files, written = _temporary(connection)
    over = threading.Event()
    own, postmaster = connection.info.backend_pid, psutil.Process(connection.info.backend_pid).ppid()
    watcher = threading.Thread(target=_watch, args=(found, over, own, postmaster))
    watcher.start()
    try:
        yield found
    finally:
        over.set()
        watcher.join()
        files_after, written_after = _temporary(connection)
        found.temporary_files, found.temporary_bytes = files_after - files, written_after - written


def database_bytes(connection: psycopg.Connection[Any]) -> int:
    """Size of the database on disk, its indexes included."""
    row = connection.execute("select pg_database_size(current_database())").fetchone()
    return int(row[0]) if row else 0


def private_bytes(pid: int) -> int:
    """Memory that a process shares with no other; 0: it is gone, or this system has no /proc."""
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    return 0


def _watch(found: Resources, over: threading.Event, own: int, postmaster: int) -> None:
    while not over.wait(EVERY_SECONDS):
        workers = [worker.pid for worker in multiprocessing.active_children() if worker.pid]
        with suppress(psutil.Error):
            sessions = [child.pid for child in psutil.Process(postmaster).children() if child.pid != own]
            found.backend_bytes = max([found.backend_bytes, *map(private_bytes, sessions)])
        found.worker_bytes = max([found.worker_bytes, *map(private_bytes, workers)])


def _temporary(connection: psycopg.Connection[Any]) -> tuple[int, int]:
    connection.execute("select pg_stat_clear_snapshot()")
    row = connection.execute(STATISTICS).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)
