"""Database sessions of the web: few, kept open, read-only, in the reader's role, each statement limited in time.

Apart from them are those that keep on record who looked at personal data: they write, and nothing else.

A session knows its views after the first question, which is what most of a short answer's time would go into; and a
bounded number of them keeps readers from crowding out the pipelines.
"""

from __future__ import annotations

import logging
import select
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

from control_tower.database import connect, explain
from control_tower.errors import ControlTowerError, DatabaseBusy
from control_tower.settings import get_settings

log = logging.getLogger(__name__)

READER = "control_tower_reader"
"""The role that migrate_schema makes for readers: it sees views and no table."""

WAIT_SECONDS = 10.0
"""How long an answer waits for a session."""

LIFE_SECONDS = 600.0
"""Age from which a session is replaced, so that new passwords, addresses and roles are noticed."""

NOTE_SECONDS = 5
"""How long writing a row may take."""

EXPORTS = 4
"""Exports at one time; each has a session of its own for as long as the client reads."""


TRUSTED_SECONDS = 5.0
"""A session that was used so recently, and from which nothing has come since, is not asked whether it is alive."""


Session = psycopg.Connection[dict[str, Any]]


@dataclass
class _Kept:
    connection: Session
    opened_at: float
    used_at: float

    def is_alive(self) -> bool:
        """Whether the server answers. It is asked only where it may have gone.

        Asking costs each answer one more question. A server that ends a session says so, and closes its socket: both
        can be seen from here.
        """
        if time.monotonic() - self.used_at < TRUSTED_SECONDS and not _has_news(self.connection):
            return True
        try:
            self.connection.execute("select 1")
        except psycopg.Error:
            log.info("A kept database session had ended; opening another.")
            return False
        return True


def _has_news(connection: psycopg.Connection[Any]) -> bool:
    """Whether something came from the server, or its end, that nobody has read."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


class _Pool:
    """Sessions of one kind.

    Args:
        limit: How many are in use at one time, at most.
        opened: Opens one.
    """

    def __init__(self, limit: int, opened: Callable[[], Session]) -> None:
        self._slots = threading.BoundedSemaphore(limit)
        self._opened = opened
        self._idle: list[_Kept] = []  # the one that was used last is taken first: the others may grow old

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session for one answer; raises as `Sessions.reading` does."""
        with _slot(self._slots):
            kept = self._take()
            try:
                yield kept.connection
            except psycopg.Error as error:
                raise explain(error, kept.connection) from error
            finally:
                self._give_back(kept)

    def close(self) -> None:
        """Close the sessions that nobody uses at the moment."""
        while self._idle:
            self._idle.pop().connection.close()

    def _take(self) -> _Kept:
        while self._idle:
            try:
                kept = self._idle.pop()
            except IndexError:  # another thread was faster
                break
            if time.monotonic() - kept.opened_at < LIFE_SECONDS and kept.is_alive():
                return kept
            kept.connection.close()
        return _Kept(self._opened(), time.monotonic(), time.monotonic())

    def _give_back(self, kept: _Kept) -> None:
        if kept.connection.closed or kept.connection.info.transaction_status is not TransactionStatus.IDLE:
            kept.connection.close()
        else:
            kept.used_at = time.monotonic()
            self._idle.append(kept)


class Sessions:
    """The sessions of one process.

    Args:
        limit: How many are in use for reading at one time, at most, and how many for noting.
    """

    def __init__(self, limit: int) -> None:
        self._readers = _Pool(limit, _open)
        self._writers = _Pool(limit, _open_to_note)
        self._exports = threading.BoundedSemaphore(EXPORTS)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for one answer; rows are dictionaries.

        Raises:
            DatabaseBusy: all sessions were in use for `WAIT_SECONDS`, or a statement took too long.
            DatabaseError: the database cannot be reached or refused a statement.
        """
        with self._readers.session() as connection:
            yield connection

    @contextmanager
    def noting(self) -> Iterator[Session]:
        """A session in which one row is written, whoever else may be reading; raises as `reading` does.

        It is apart from those for reading: whoever reads may need one, and must not wait for another reader.
        """
        with self._writers.session() as connection:
            yield connection

    @contextmanager
    def exporting(self) -> Iterator[Session]:
        """A session of its own for an answer that lasts as long as its reader takes; raises as `reading` does."""
        with _slot(self._exports):
            connection = _open()
            try:
                yield connection
            except psycopg.Error as error:
                raise explain(error, connection) from error
            finally:
                connection.close()

    def close(self) -> None:
        """Close the sessions that nobody uses at the moment."""
        self._readers.close()
        self._writers.close()


@contextmanager
def _slot(slots: threading.BoundedSemaphore) -> Iterator[None]:
    if not slots.acquire(timeout=WAIT_SECONDS):
        raise DatabaseBusy(
            f"All database sessions of the web were in use for {WAIT_SECONDS:.0f} s.",
            "try again; if it happens often, raise CONTROL_TOWER_WEB_SESSIONS or look for slow queries.",
        )
    try:
        yield
    finally:
        slots.release()


def _open_to_note() -> Session:
    return connect(
        application_name="control_tower web",
        statement_timeout_ms=NOTE_SECONDS * 1000,
        autocommit=True,
        row_factory=dict_row,
    )


def _open() -> Session:
    connection = connect(
        application_name="control_tower web",
        statement_timeout_ms=get_settings().web_statement_timeout_seconds * 1000,
        autocommit=True,
        row_factory=dict_row,
    )
    try:
        # Filters that are off must not be planned for: `%(scout_id)s is null or …` is decided by its value. What is to
        # be planned once says so (`questions.execute_prepared`).
        connection.prepare_threshold = sys.maxsize
        connection.execute("set default_transaction_read_only = on")
        if connection.execute("select 1 from pg_roles where rolname = %s", [READER]).fetchone():
            try:
                connection.execute("set role control_tower_reader")
            except psycopg.errors.InsufficientPrivilege:
                log.warning("The database user is no member of %s; the web reads with the user's own rights.", READER)
    except psycopg.Error as error:
        explained: ControlTowerError = explain(error, connection)
        connection.close()
        raise explained from error
    return connection


_lock = threading.Lock()
_sessions: Sessions | None = None


def sessions() -> Sessions:
    """The sessions of this process."""
    global _sessions  # noqa: PLW0603 - one per process, made when the first answer needs it
    with _lock:
        if _sessions is None:
            _sessions = Sessions(get_settings().web_sessions)
        return _sessions
