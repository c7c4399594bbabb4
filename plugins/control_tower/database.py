"""The warehouse: one way to connect, one way to read a SQL file, one way to explain an error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

from control_tower import errors
from control_tower.driver_errors import CONNECTION_ID, explain, name_session
from control_tower.server_checks import require_session_of_ones_own
from control_tower.settings import get_settings

if TYPE_CHECKING:
    from psycopg.rows import RowFactory


def find_sql_dir(package: Path) -> Path:
    """Folder of the SQL files: `CONTROL_TOWER_SQL_DIR`, or that in the wheel, or `sql/` beside `plugins/`."""
    in_wheel = package / "sql"
    return get_settings().sql_dir or (in_wheel if in_wheel.is_dir() else package.parents[1] / "sql")


SQL_DIR: Path = find_sql_dir(Path(__file__).resolve().parent)

SESSION_CHECK_MS = 10_000
"""How often the server looks whether a session's client is still there, in milliseconds. A statement of a
process that was killed ends, with its locks, after this time at the latest."""


KEPT_OPTIONS = (
    "application_name",
    "statement_timeout",
    "lock_timeout",
    "client_connection_check_interval",
    "work_mem",
    "temp_buffers",
)
"""What a second session has in common with the first."""

_LABEL = re.compile(r"^-- rows: (\w+)$", re.MULTILINE)
"""The comment above a statement of a SQL file that names the rows that it touches."""

_TOKEN = re.compile(
    r"(?P<comment>--[^\n]*)|'(?:[^']|'')*'|\"[^\"]*\"|(?P<quote>\$\w*\$).*?(?P=quote)|(?P<end>;)", re.DOTALL
)
"""What ends a statement of a SQL file, and what only seems to: comments, texts, names and dollar quotes.

The files have no block comments, no backslash before a quote and no `begin atomic`; a test says so.
"""


def connect(
    *,
    application_name: str = "control_tower",
    statement_timeout_ms: int = 0,
    lock_timeout_ms: int = 0,
    autocommit: bool = False,
    row_factory: RowFactory[Any] | None = None,
    preferred: str | None = None,
) -> psycopg.Connection[Any]:
    """Open a session on the warehouse, by the Airflow connection `control_tower`, or the preferred one if it exists.

    `pg_stat_activity` shows the application's name, at most 63 bytes. Of the time limits, 0 is none.

    Raises:
        ConnectionNotConfigured: Airflow knows no such connection.
        DatabaseUnreachable: The server does not answer or refuses the session.
        ServerUnsuitable, ServerReadOnly: As `prepare_session`.
    """
    return prepare_session(
        open_session(row_factory, preferred),
        application_name=application_name,
        statement_timeout_ms=statement_timeout_ms,
        lock_timeout_ms=lock_timeout_ms,
        autocommit=autocommit,
    )


def open_session(row_factory: RowFactory[Any] | None = None, preferred: str | None = None) -> psycopg.Connection[Any]:
    """A session as the server gives it, without options of ours; by which connection, see `connect`.

    Raises:
        ConnectionNotConfigured, DatabaseUnreachable: As `connect`.
    """
    # Airflow is imported here, so that SQL tools and tests that have a connection start without it.
    from airflow.providers.postgres.hooks.postgres import PostgresHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    hook = PostgresHook(postgres_conn_id=preferred or CONNECTION_ID)
    try:
        connection: Any = hook.get_conn()
    except AirflowNotFoundException as error:
        if preferred is not None:
            return open_session(row_factory)
        raise errors.ConnectionNotConfigured(
            f"Airflow knows no connection `{CONNECTION_ID}`.",
            "create it (type postgres) in Airflow's Admin > Connections, or set the environment variable "
            "AIRFLOW_CONN_CONTROL_TOWER=postgres://user:password@host:5432/database.",
        ) from error
    except psycopg.Error as error:
        target = hook.connection
        where = name_session(target.schema, target.host, target.port, target.login)
        raise explain(error, where=where) from error
    if not isinstance(connection, psycopg.Connection):
        raise errors.ConnectionNotConfigured(
            f"The PostgreSQL hook opened a {type(connection).__module__} connection; psycopg 3 is needed.",
            "install the package's requirements.txt (psycopg 3 and SQLAlchemy 2).",
        )
    if row_factory is not None:
        connection.row_factory = row_factory
    return connection


@contextmanager
def session(
    application_name: str, *, statement_timeout_ms: int = 0, lock_timeout_ms: int = 0
) -> Iterator[psycopg.Connection[Any]]:
    """A session (autocommit) of `connect`, closed at the end, whose errors name the database and the next action."""
    with (
        connect(
            application_name=application_name,
            statement_timeout_ms=statement_timeout_ms,
            lock_timeout_ms=lock_timeout_ms,
            autocommit=True,
        ) as connection,
        explained(connection),
    ):
        yield connection


@contextmanager
def explained(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Raise what `explain` makes of the driver's errors."""
    try:
        yield
    except psycopg.Error as error:
        raise explain(error, connection) from error


def prepare_session(
    connection: psycopg.Connection[Any],
    *,
    application_name: str,
    statement_timeout_ms: int = 0,
    lock_timeout_ms: int = 0,
    autocommit: bool = False,
) -> psycopg.Connection[Any]:
    """Give an idle session the package's options (units as in `connect`) and return it.

    Raises:
        ServerUnsuitable: The database's encoding, or a pool that gives each transaction another session of the server.
        ServerReadOnly: The server is a replica, or its sessions may only read. Nothing was changed.
    """
    options = {
        "application_name": application_name,
        "statement_timeout": f"{statement_timeout_ms}ms",
        "lock_timeout": f"{lock_timeout_ms}ms",
        "client_connection_check_interval": f"{SESSION_CHECK_MS}ms",
    }
    # By SET and not by start-up options: those of the Airflow connection would replace ours, and
    # connection poolers refuse them. Outside a transaction, or a rollback would undo them.
    connection.autocommit = True
    calls = sql.SQL(", ").join(
        sql.SQL("set_config({}, {}, false)").format(name, value) for name, value in options.items()
    )
    try:
        with explained(connection):
            require_session_of_ones_own(connection)
            connection.execute(sql.SQL("select {}").format(calls))
    except errors.ControlTowerError:
        connection.close()
        raise
    connection.autocommit = autocommit
    return connection


def read_sql(relative_path: str) -> str:
    """The text of a file below `SQL_DIR`, such as `pipeline/3_match/R1_PHONE_EXACT.sql`.

    Raises:
        ObjectMissing: There is no such file.
    """
    path = SQL_DIR / relative_path
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise errors.ObjectMissing(
            f"The SQL file {path} does not exist.",
            "deploy the folder sql/ beside plugins/, or set CONTROL_TOWER_SQL_DIR to where it is.",
        ) from error


@lru_cache(maxsize=64)
def split_statements(text: str) -> tuple[str, ...]:
    """The statements of a SQL file, without comments; parameters are bound to one statement at a time."""
    return tuple(statement for _, statement in labelled_statements(text))


def execute_file(
    connection: psycopg.Connection[Any], relative_path: str, parameters: Mapping[str, Any] | None = None
) -> dict[str, int]:
    """Run every statement of a file below `SQL_DIR`; in an open transaction they are sent together.

    Returns:
        How many rows the statements below a comment `-- rows: <name>` touched, by that name.
    """
    statements = labelled_statements(read_sql(relative_path))
    is_sent_together = is_in_transaction(connection) and psycopg.Pipeline.is_supported()
    with connection.pipeline() if is_sent_together else nullcontext():
        cursors = [(label, connection.execute(statement, parameters)) for label, statement in statements]
    counts: dict[str, int] = {}
    for label, cursor in cursors:
        if label is not None:
            counts[label] = counts.get(label, 0) + max(cursor.rowcount, 0)
    return counts


@lru_cache(maxsize=64)
def labelled_statements(text: str) -> tuple[tuple[str | None, str], ...]:
    """The statements of a SQL file, each with the name in the comment `-- rows: <name>` above it, if there is one."""
    found = []
    for part in _parts(text):
        statement = _TOKEN.sub(lambda token: "" if token["comment"] else token[0], part).strip()
        if statement:
            label = _LABEL.search(part)
            found.append((label[1] if label else None, statement))
    return tuple(found)


def _parts(text: str) -> Iterator[str]:
    """The text of each statement up to its semicolon, with the comments before it, and what follows the last one."""
    begin = 0
    for token in _TOKEN.finditer(text):
        if token["end"]:
            yield text[begin : token.end()]
            begin = token.end()
    yield text[begin:]


def fetch_one(connection: psycopg.Connection[Any], query: str, parameters: Any = None) -> tuple[Any, ...]:
    """The one row that a query always returns.

    Raises:
        LookupError: It returned none.
    """
    row = connection.execute(query, parameters).fetchone()
    if row is None:
        raise LookupError("a query that always returns a row returned none")
    return tuple(row)


def fetch_rows(
    connection: psycopg.Connection[Any], relative_path: str, parameters: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The rows of the query in a file below `SQL_DIR`, by column name."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(read_sql(relative_path), parameters).fetchall()


def is_in_transaction(connection: psycopg.Connection[Any]) -> bool:
    """Whether the session has an open transaction."""
    return connection.info.transaction_status != TransactionStatus.IDLE


@contextmanager
def without_temporary_tables(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """In an open transaction, drop the temporary tables made meanwhile: `on commit drop` does it only at its end."""
    if not is_in_transaction(connection):
        yield
        return
    known = _temporary_tables(connection)
    yield
    made = [sql.Identifier("pg_temp", name) for name in sorted(_temporary_tables(connection) - known)]
    if made:
        connection.execute(sql.SQL("drop table {}").format(sql.SQL(", ").join(made)))


def _temporary_tables(connection: psycopg.Connection[Any]) -> set[str]:
    return {row["name"] for row in fetch_rows(connection, "jobs/temporary_tables.sql")}


def copy_rows(connection: psycopg.Connection[Any], statement: str, rows: Iterable[Sequence[Any]]) -> int:
    """Write rows by a `copy … from stdin` statement, and return how many."""
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for count, row in enumerate(rows, start=1):  # noqa: B007 - counts them
            copy.write_row(row)
    return count


def open_like(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A second session (autocommit) of the same user on the same database, with the same limits and memory.

    Raises:
        DatabaseUnreachable: The server does not answer or refuses the session.
    """
    limits = [(name, fetch_one(connection, "select current_setting(%s)", [name])[0]) for name in KEPT_OPTIONS]
    target = make_conninfo(connection.info.dsn, password=connection.info.password or None)
    try:
        second = psycopg.connect(target, autocommit=True)
    except psycopg.Error as error:
        raise explain(error, connection) from error
    for name, value in limits:
        second.execute("select set_config(%s, %s, false)", [name, value])
    return second
