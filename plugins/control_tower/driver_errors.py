"""One way to explain an error of the driver: host, database, what is missing, the next action; never a password."""

from __future__ import annotations

import re
from typing import Any

import psycopg

from control_tower import errors

CONNECTION_ID = "control_tower"
"""The Airflow connection (type postgres) of the warehouse."""

OWNER_CONNECTION = "control_tower_owner"
"""The connection of migrate_schema, where the user of `control_tower` does not own the tables; optional."""

READER_CONNECTION = "control_tower_reader"
"""The connection by which pages read, where they shall not read as the user of `control_tower`; optional."""

DECISIONS_CONNECTION = "control_tower_decisions"
"""The connection by which pages write decisions, where they shall not as the user of `control_tower`; optional."""

BUSY_STATES = ("55P03", "57014", "40001", "40P01")
"""SQLSTATEs of a lock or statement timeout, a serialization failure and a deadlock."""

OWN_REFUSAL = "P0001"
"""SQLSTATE of `raise exception` in our functions, whose hint is the next action."""


def read_only_server(where: str, *, is_replica: bool) -> errors.ServerReadOnly:
    """The error for a server that accepts no writes."""
    kind = "a replica (it is in recovery)" if is_replica else "read-only (default_transaction_read_only or its like)"
    return errors.ServerReadOnly(
        f"{where} is {kind}. Nothing was changed.",
        f"point the Airflow connection `{CONNECTION_ID}` at the primary server: several hosts by commas and the extra "
        '`{"target_session_attrs": "read-write"}` follow a failover by themselves. Then run it again.',
    )


_TOO_MANY = re.compile(
    "too many (?:clients|connections)|connection slots are reserved|no more connections allowed"
    "|demasiad[ao]s (?:clientes|conexiones)|reservadas? para",
    re.IGNORECASE,
)
"""A session that was refused has no SQLSTATE, only words, in the server's language."""

_ROOM = {
    "53100": "the disk of the server is full: free space or enlarge it (`select pg_size_pretty(pg_database_size("
    "current_database()))`; old write-ahead log and dumps are the usual finds)",
    "53200": "the server has no memory left: lower CONTROL_TOWER_WORK_MEMORY_MB, or give it more",
    "53400": "a limit is too low (often temp_file_limit): raise it for the role of the pipelines (`alter role … set "
    "temp_file_limit`), or raise CONTROL_TOWER_WORK_MEMORY_MB, so that less is written to files",
    "58030": "the disk of the server cannot be read or written: look into the server's log before anything else",
}
"""What to do when the server has no room, by SQLSTATE."""


def explain(
    error: psycopg.Error, connection: psycopg.Connection[Any] | None = None, where: str = ""
) -> errors.ControlTowerError:
    """Translate a driver error into one that names host, database and what is missing, never a password.

    `where` is what `name_session` says of a session that could not be opened.
    """
    state = error.sqlstate or ""
    where = where or describe(connection)
    reason = _reason(error)
    if state == "53300" or (not state and _TOO_MANY.search(reason)):
        return errors.DatabaseUnreachable(
            f"No session on {where}: {reason}.",
            "it has all sessions that it may have. Look in pg_stat_activity for who has them; end those that are idle, "
            "raise max_connections (or the limit of the role, database or pool), or lower CONTROL_TOWER_WEB_SESSIONS; "
            "then run it again.",
        )
    if (
        state.startswith(("08", "28", "57P"))
        or state == "3D000"
        or (not state and (connection is None or isinstance(error, psycopg.OperationalError)))
    ):
        return errors.DatabaseUnreachable(
            f"No session on {where}: {reason}.",
            "check that the server runs and is reachable, and that host, port, database, user and password "
            f"of the Airflow connection `{CONNECTION_ID}` are right; then run it again.",
        )
    if state == "42501":
        return errors.PermissionMissing(
            f"The database user lacks a right on {where}: {reason}.",
            "let the owner grant the right that the message names to the user of the Airflow connection "
            f"`{CONNECTION_ID}`; then run it again.",
        )
    if state in ("42P01", "42703", "42883", "42704", "3F000", "42P02"):
        return errors.ObjectMissing(
            f"{where} lacks something that the statement names: {reason}.",
            "run the DAG migrate_schema, which creates what is missing; if it has just run, compare the "
            "version of the package with that of the database (ops.control_tower_schema_version).",
        )
    if state in BUSY_STATES:
        return errors.DatabaseBusy(
            f"{where} was too busy: {reason}.",
            "run it again; if it happens often, look in pg_stat_activity for the session with the locks.",
        )
    if state == "25006":
        return read_only_server(where, is_replica=False)
    if state in ("26000", "42P05"):
        return errors.ServerUnsuitable(
            f"{where} lost or mixed up a prepared statement: {reason}. A pooler between gives each transaction another "
            "session of the server.",
            f"point the Airflow connection `{CONNECTION_ID}` at the server itself, or at a pool whose mode is session.",
        )
    if state.startswith("53") or state == "58030":
        return errors.DatabaseExhausted(
            f"{where} ran out of room: {reason}. The transaction was rolled back; nothing is lost.",
            _ROOM.get(state, "read the message; give the server what it lacks") + "; then run it again.",
        )
    if state == OWN_REFUSAL and error.diag.message_hint:
        return errors.QueryFailed(f"{where}: {error.diag.message_primary}.", error.diag.message_hint)
    return errors.QueryFailed(
        f"{where} refused a statement: {reason} [SQLSTATE {state or 'unknown'}].",
        "read the message; correct the data or the object that it names, then run it again.",
    )


def _reason(error: psycopg.Error) -> str:
    """What the server says of an error. What it quotes from rows is left out: messages go to many places."""
    said = (error.diag.message_primary or str(error).strip() or type(error).__name__).rstrip(".")
    state = error.sqlstate or ""
    if state.startswith("22"):  # data exceptions put the value itself into the message
        return re.sub(r'"[^"]*"', '"…"', said)
    if state.startswith("23"):  # integrity violations put the row into the detail, and say the constraint's name before
        return said
    for detail in (error.diag.message_detail, error.diag.context):
        if detail:
            said = f"{said} ({detail.strip()})"
    return said


def describe(connection: psycopg.Connection[Any] | None) -> str:
    """`name_session` of an open session, or of one that broke off."""
    pgconn = connection.pgconn if connection is not None else None
    known: list[str | None] = []
    for attribute in ("db", "host", "port", "user"):
        try:
            known.append((getattr(pgconn, attribute, None) or b"").decode(errors="replace"))
        except psycopg.Error:  # a closed session tells nothing any more
            known.append(None)
    return name_session(*known)


def name_session(
    database: str | None = None,
    host: str | None = None,
    port: int | str | None = None,
    user: str | None = None,
) -> str:
    """`database "x", host "h", port "5432", user "u"`, without what is not known."""
    parts = {"database": database, "host": host, "port": port, "user": user}
    known = [f'{label} "{value}"' for label, value in parts.items() if value]
    return ", ".join(known) or f"the database of the Airflow connection `{CONNECTION_ID}`"
