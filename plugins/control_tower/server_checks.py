"""What a server must be for the package to work on it, asked before anything is changed."""

from __future__ import annotations

import select
from contextlib import closing
from typing import Any, LiteralString

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import tuple_row

from control_tower import errors
from control_tower.driver_errors import CONNECTION_ID, describe, read_only_server

SHARING_TRIES = 3
"""How often it is tried whether a pool shares sessions: a busy pool may give another one."""
SHARING_SECONDS = 2.0
"""How long each try waits for the pool."""


def require_session_of_ones_own(connection: psycopg.Connection[Any]) -> None:
    """Refuse what the pipelines cannot work with: encoding, pool, read-only server.

    Raises:
        ServerUnsuitable: The database's encoding, or a pool that gives each transaction another session of the server.
        ServerReadOnly: The server is a replica, or its sessions may only read.
    """
    require_utf8(connection)
    pid, is_read_only, is_replica = _ask(
        connection, "select pg_backend_pid(), current_setting('transaction_read_only')::boolean, pg_is_in_recovery()"
    )
    if pid != connection.info.backend_pid and _is_shared(connection):
        raise errors.ServerUnsuitable(
            f"{describe(connection)} is reached through a pool that gives each transaction another session of "
            "the server (pool_mode = transaction). Options, temporary tables and locks of the pipelines would "
            "reach other clients of the pool. Nothing was changed.",
            f"point the Airflow connection `{CONNECTION_ID}` at the server itself, or at a pool whose mode is "
            "session. The pages alone may stay on such a pool.",
        )
    if is_read_only:
        raise read_only_server(describe(connection), is_replica=is_replica)


def require_utf8(connection: psycopg.Connection[Any]) -> None:
    """Refuse a database whose texts cannot hold every name.

    Raises:
        ServerUnsuitable: Its encoding is not UTF8.
    """
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise errors.ServerUnsuitable(
            f"{describe(connection)} has the encoding {encoding}; Control Tower needs UTF8, since names are written in "
            "all scripts. Nothing was changed.",
            "dump the database, create one with `create database … encoding 'UTF8' template template0`, restore into "
            f"it, and point the Airflow connection `{CONNECTION_ID}` at that one.",
        )


def is_pooled(connection: psycopg.Connection[Any]) -> bool:
    """Whether a pooler stands between: it announces another process than the one that answers."""
    return _ask(connection, "select pg_backend_pid()") != (connection.info.backend_pid,)


def _ask(connection: psycopg.Connection[Any], query: LiteralString) -> tuple[Any, ...]:
    """The one row of a query, whichever rows the session makes."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(query).fetchone()
    return row if row is not None else ()


def _is_shared(connection: psycopg.Connection[Any]) -> bool:
    """Whether another client gets the server's session that answered us last, while ours is idle."""
    target = make_conninfo(connection.info.dsn, password=connection.info.password or None, connect_timeout=5)
    for _ in range(SHARING_TRIES):
        with closing(psycopg.connect(target, autocommit=True)) as other:
            (mine,) = _ask(connection, "select pg_backend_pid()")
            other.pgconn.send_query(b"select pg_backend_pid()")
            # a pool in session mode that is full lets it wait, which is an answer, too
            if select.select([other.pgconn.socket], [], [], SHARING_SECONDS)[0]:
                answer = other.pgconn.get_result()
                if answer is not None and answer.get_value(0, 0) == str(mine).encode():
                    return True
    return False
