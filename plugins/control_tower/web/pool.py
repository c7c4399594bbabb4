"""Connection pools of the web: a bounded number of sessions, so that readers cannot crowd out the pipelines."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self, cast
from weakref import WeakKeyDictionary

import psycopg
from psycopg import sql
from psycopg.rows import dict_row, tuple_row
from psycopg_pool import ConnectionPool, NullConnectionPool, PoolTimeout

from control_tower.database import SESSION_CHECK_MS, open_session
from control_tower.driver_errors import DECISIONS_CONNECTION, READER_CONNECTION, describe, explain
from control_tower.errors import ControlTowerError, DatabaseBusy, DatabaseUnreachable
from control_tower.server_checks import is_pooled, require_utf8
from control_tower.settings import get_settings

log = logging.getLogger(__name__)

_pool_log = logging.getLogger("psycopg.pool")
"""psycopg_pool logs three lines per answer at INFO; unless the host has set its level, only warnings are logged."""

READER = "control_tower_reader"
"""The role that migrate_schema creates for readers: it sees views and no table."""

WAIT_SECONDS = 10.0
"""How long an answer waits for a session."""

FAILURE_POLL_SECONDS = 0.1
"""How often a waiting answer checks whether a session could not be opened."""

LIFE_SECONDS = 600.0
"""Age from which a session is replaced, so that new passwords, addresses and roles take effect."""

WRITE_TIMEOUT_SECONDS = 5
"""Statement timeout of the sessions that write access records."""

DECISION_TIMEOUT_SECONDS = 15
"""Longest statement of a decision that a page writes."""

DECISION_LOCK_SECONDS = 2
"""How long a decision waits for a lock before its DAG takes it over: the page waits for the answer."""

MAX_EXPORTS = 4
"""Exports at one time."""

Session = psycopg.Connection[dict[str, Any]]

_Opened = tuple[Session, dict[str, str]]
"""A session and the options of its transactions."""


class _AirflowConnection(Session):
    """The connection class of the pools: opens sessions by the Airflow connection instead of by a conninfo."""

    @classmethod
    def connect(cls, conninfo: str = "", **options: Any) -> Self:  # noqa: ARG003 - the pool's signature
        """A session as the pool's argument `open_session` makes it."""
        return cast("Self", options["open_session"]())


class _SessionPool:
    """One `psycopg_pool` pool whose failures are the errors of the package.

    psycopg_pool opens sessions in the background and retries, so a caller would learn of a dead server by a timeout
    alone. Here the error of a failed attempt ends the wait of every caller. A `NullConnectionPool` is for sessions
    that are used once.
    """

    def __init__(
        self, pool_class: type[ConnectionPool[Any]], max_size: int, open_session: Callable[[], _Opened]
    ) -> None:
        self._open_session = open_session
        self._options: WeakKeyDictionary[Session, dict[str, str]] = WeakKeyDictionary()
        self._opened_at: WeakKeyDictionary[Session, float] = WeakKeyDictionary()
        self._failed_at = -1.0
        self._failure: Exception | None = None
        self._opening = 0
        self._pool = pool_class(
            connection_class=_AirflowConnection,
            kwargs={"open_session": self._open},
            check=self._check,
            min_size=0,
            max_size=max_size,
            max_lifetime=LIFE_SECONDS,
            reconnect_timeout=0,  # the next answer tries again
            num_workers=1,
            name="control_tower web",
            open=True,
        )

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction for one answer; raises as `ConnectionPools` says.

        Role, read-only and limits are set for the transaction alone: behind a pooler that gives each transaction
        another session of the server, they would otherwise be left to other clients.
        """
        connection = self._get()
        options = self._options[connection]
        calls = sql.SQL(", ").join(sql.SQL("set_config({}, {}, true)").format(*option) for option in options.items())
        try:
            with connection.transaction():
                connection.execute(sql.SQL("select {}").format(calls))
                yield connection
        except psycopg.Error as error:
            raise explain(error, connection) from error
        finally:
            self._pool.putconn(connection)

    def close(self) -> None:
        self._pool.close()

    def _get(self) -> Session:
        began = time.monotonic()
        while True:
            try:
                return cast("Session", self._pool.getconn(timeout=FAILURE_POLL_SECONDS))
            except PoolTimeout:
                if self._failure is not None and self._failed_at >= began:
                    raise self._failure from None
                if time.monotonic() - began >= WAIT_SECONDS:
                    raise self._timeout() from None

    def _timeout(self) -> ControlTowerError:
        if self._opening:
            return DatabaseUnreachable(
                f"{describe(None)} has not answered for {WAIT_SECONDS:.0f} s.",
                "check that the server runs and is reachable, then try again.",
            )
        return DatabaseBusy(
            f"All database sessions of the web were in use for {WAIT_SECONDS:.0f} s.",
            "try again; if it happens often, raise CONTROL_TOWER_WEB_SESSIONS or look for slow queries.",
        )

    def _open(self) -> Session:
        """Open a session for the pool; the error is kept for those who wait for it."""
        self._opening += 1
        try:
            connection, options = self._open_session()
        except Exception as error:
            self._failure, self._failed_at = error, time.monotonic()
            raise
        finally:
            self._opening -= 1
        self._opened_at[connection] = time.monotonic()
        self._options[connection] = options
        return connection

    def _check(self, connection: Session) -> None:
        """Refuse an idle session that is too old or that the server has ended.

        All other idle sessions are replaced with it: a server that restarts ends them all, and the pool waits longer
        after each one that it finds.
        """
        try:
            if time.monotonic() - self._opened_at[connection] >= LIFE_SECONDS:
                raise psycopg.OperationalError("the session is older than its lifetime")
            ConnectionPool.check_connection(connection)
        except psycopg.Error:
            self._pool.drain()
            raise


class ConnectionPools:
    """The pools of one process; `reading`, `noting`, `deciding` and `exporting` each give a session for one answer.

    Rows are dictionaries, those of `deciding` tuples, as in a task. `max_size` bounds the sessions that read, and those
    that write access records: these have a pool of their own, since an answer that already reads must not wait for
    another reader. An export has a new session for as long as its client reads.

    Raises:
        DatabaseBusy: all sessions were in use for `WAIT_SECONDS`, or a statement took too long.
        DatabaseError: the database cannot be reached or refused a statement.
    """

    def __init__(self, max_size: int) -> None:
        self._pools = (
            _SessionPool(ConnectionPool, max_size, _open_reader),
            _SessionPool(ConnectionPool, max_size, _open_writer),
            _SessionPool(ConnectionPool, max_size, _open_decider),
            _SessionPool(NullConnectionPool, MAX_EXPORTS, _open_reader),
        )
        self.reading, self.noting, self.deciding, self.exporting = (pool.session for pool in self._pools)

    def close(self) -> None:
        """Close the idle sessions at once, and those in use when they are returned."""
        for pool in self._pools:
            pool.close()


def _open_writer() -> _Opened:
    connection = _open_session()
    return connection, _options(WRITE_TIMEOUT_SECONDS)


def _open_decider() -> _Opened:
    connection = _open_session(DECISIONS_CONNECTION)
    connection.row_factory = cast("Any", tuple_row)
    if connection.prepare_threshold is not None:
        connection.prepare_threshold = sys.maxsize  # as of the reader: plans follow their values
    return connection, _options(DECISION_TIMEOUT_SECONDS) | {"lock_timeout": f"{DECISION_LOCK_SECONDS}s"}


def _open_reader() -> _Opened:
    connection = _open_session(READER_CONNECTION)
    options = _options(get_settings().web_statement_timeout_seconds) | {"transaction_read_only": "on"}
    # A generic plan of `%(scout_id)s is null or …` follows no index, so nothing is prepared unless it says so
    # (`sql_files.execute_prepared`).
    if connection.prepare_threshold is not None:
        connection.prepare_threshold = sys.maxsize
    roles = "select pg_has_role(oid, 'member') as is_member from pg_roles where rolname = %s"
    with _closed_on_error(connection):
        role = connection.execute(roles, [READER]).fetchone()
    if role and role["is_member"]:
        options["role"] = READER
    elif role:
        log.warning("The database user is no member of %s; the web reads with the user's own rights.", READER)
    return connection, options


def _open_session(preferred: str | None = None) -> Session:
    """A session as the server gives it; its options are set in each transaction (`_SessionPool.session`)."""
    connection: Session = open_session(dict_row, preferred)
    connection.autocommit = True
    with _closed_on_error(connection):
        require_utf8(connection)
        if is_pooled(connection):
            connection.prepare_threshold = None  # the next transaction may be in another session of the server
    return connection


@contextmanager
def _closed_on_error(connection: Session) -> Iterator[None]:
    try:
        yield
    except (psycopg.Error, ControlTowerError) as error:
        explained = explain(error, connection) if isinstance(error, psycopg.Error) else error
        connection.close()
        raise explained from error


def _options(timeout_seconds: int) -> dict[str, str]:
    return {
        "application_name": "control_tower web",
        "statement_timeout": f"{timeout_seconds}s",
        "client_connection_check_interval": f"{SESSION_CHECK_MS}ms",
    }


_lock = threading.Lock()
_pools: ConnectionPools | None = None


def connection_pools() -> ConnectionPools:
    """The pools of this process, opened by the first call: their threads would not survive a fork before it."""
    global _pools  # noqa: PLW0603 - one per process
    with _lock:
        if _pools is None:
            if _pool_log.level == logging.NOTSET:
                _pool_log.setLevel(logging.WARNING)
            _pools = ConnectionPools(get_settings().web_sessions)
        return _pools


def close_pools() -> None:
    """Close the pools of this process; the next `connection_pools()` opens new ones."""
    global _pools
    with _lock:
        closed, _pools = _pools, None
    if closed is not None:
        closed.close()
