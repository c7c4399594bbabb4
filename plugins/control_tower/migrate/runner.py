"""Run the schema's files against a database, or print them for a DBA."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy.exc
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import StaticPool

from control_tower import __version__, database, driver_errors, errors
from control_tower.migrate import files, printed_script
from control_tower.migrate.files import SqlFile
from control_tower.migrate.revisions import Revisions
from control_tower.monitoring import limits
from control_tower.settings import get_settings

log = logging.getLogger(__name__)

APPLICATION_NAME = "control_tower migrate_schema"
LOCK_KEY = int.from_bytes(b"ctmigrat", "big")
"""Key of the advisory lock that lets one migrate_schema at a time into a database."""
LOCK_WAIT_MS = 15 * 60 * 1000
"""How long one migrate_schema waits for another, in milliseconds."""
OLDEST_SERVER = 15_00_00
"""The oldest PostgreSQL that works, as libpq numbers it."""
ESTABLISHED = "0001_established_tables"
"""Committed before later revisions: a new enum label cannot be used in the transaction that adds it."""
SOURCES_STATE = "CT001"
"""SQLSTATE that sql/sources raises when source tables cannot be read; the detail lists why."""


@dataclass(frozen=True)
class MigrationReport:
    """What one `migrate()` did.

    With `print_sql`: what it would do, and `sql`, the script. `replaced` are the files of functions, views and triggers
    that were run again; the seconds include the wait for another migrate_schema.
    """

    applied: tuple[str, ...]
    created_source_tables: tuple[str, ...]
    replaced: tuple[str, ...]
    warnings: tuple[str, ...]
    seconds: float
    sql: str | None = None

    def summary(self) -> dict[str, object]:
        """What happened, as plain values, without the script."""
        return {
            "printed_only": self.sql is not None,
            "applied": list(self.applied),
            "created_source_tables": list(self.created_source_tables),
            "replaced": len(self.replaced),
            "warnings": list(self.warnings),
            "package_version": __version__,
            "seconds": round(self.seconds, 2),
        }


def migrate(uri: str | None = None, *, print_sql: bool = False, sql_dir: Path = database.SQL_DIR) -> MigrationReport:
    """Bring a database to the schema of this package.

    In one transaction source tables that do not exist are created empty, the others are checked, and established tables
    completed. In a second one later migrations are applied and all functions, views and triggers replaced in place: no
    row is written between a table and its triggers. Callers on the same database wait for each other. May be repeated:
    a call that finds nothing to do changes nothing. `uri` is a libpq connection string; by default the Airflow
    connection `control_tower` is used. With `print_sql` nothing changes, and the report has the SQL as one script for
    psql.

    Raises:
        SourceUnreadable: A source table lacks a required column, or has one of a type that is not understood; nothing
            was changed.
        SchemaNewerThanPackage: The database is ahead of this package.
        MigrationFailed: PostgreSQL refused a file; its transaction was rolled back.
        DatabaseError: No session, a missing right, a lock that was not given.
    """
    started = time.monotonic()
    connection = open_owner_session(uri)
    try:
        run = MigrationRun(connection, sql_dir)
        if print_sql:
            pending, text = run.printed()
            return MigrationReport(pending, (), (), (), time.monotonic() - started, text)
        with run.turn():
            applied, created, replaced = run.prepare()
    finally:
        connection.close()
    seconds = time.monotonic() - started
    log.info(
        "Schema ready in %.1f s: %d migrations applied, %d functions, views and triggers replaced.",
        seconds,
        len(applied),
        len(replaced),
    )
    return MigrationReport(applied, created, replaced, tuple(run.warnings), seconds)


def open_owner_session(uri: str | None, application_name: str = APPLICATION_NAME) -> psycopg.Connection[Any]:
    """A session of the user who owns the schema: by a connection string, or by Airflow's connection for it."""
    if uri is None:
        return database.connect(application_name=application_name, preferred=driver_errors.OWNER_CONNECTION)
    try:
        connection = psycopg.connect(uri)
    except psycopg.Error as error:
        raise driver_errors.explain(error, where=_named(uri)) from error
    return database.prepare_session(connection, application_name=application_name)


def _named(uri: str) -> str:
    try:
        parts = psycopg.conninfo.conninfo_to_dict(uri)
    except psycopg.ProgrammingError:  # then the error at hand says what is wrong with it
        return ""
    return driver_errors.name_session(*(str(parts.get(key, "")) for key in ("dbname", "host", "port", "user")))


class MigrationRun:
    """One migrate_schema on one open session."""

    def __init__(self, connection: psycopg.Connection[Any], sql_dir: Path) -> None:
        self.connection = connection
        self.sql_dir = sql_dir
        self.revisions = Revisions(sql_dir)
        self.warnings: list[str] = []
        self._rolled_back: Connection | None = None
        connection.add_notice_handler(self._notice)
        if connection.info.server_version < OLDEST_SERVER:
            raise errors.MigrationError(
                f"{driver_errors.describe(connection)} runs PostgreSQL {connection.info.server_version // 10000}; "
                f"Control Tower needs {OLDEST_SERVER // 10000} or later.",
                "upgrade the server, or point the Airflow connection at one that is recent enough.",
            )

    def prepare(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Bring the database to this schema.

        Returns:
            The revisions applied, the source tables created, and the files of functions, views and triggers run.
        """
        with self._transaction() as session:
            created = self._create_sources()
            applied = self.revisions.pending(self.revisions.current(session))
            if ESTABLISHED in applied:
                self.revisions.upgrade(session, ESTABLISHED)
        replaced = files.repeatables(self.sql_dir, get_settings().language)
        with self._transaction() as session:
            if applied:
                self.revisions.upgrade(session)
            for file in replaced:
                self._execute(file)
            with self._explained("writing the limits of the health views"):
                limits.write_limits(self.connection)
            self._warn_of_other_version()
            self._execute(files.version_note())
        return tuple(applied), created, tuple(file.name for file in replaced)

    def printed(self) -> tuple[tuple[str, ...], str]:
        """The pending revisions, and the script that a DBA runs instead of us."""
        self.connection.read_only = True
        with self._transaction() as session:
            current = self.revisions.current(session)
            pending = self.revisions.pending(current)
        has_established = ESTABLISHED in pending
        return tuple(pending), printed_script.render(
            current=current,
            lock_key=LOCK_KEY,
            sources=files.sources(self.sql_dir),
            established=self.revisions.printed(current, ESTABLISHED) if has_established else "",
            migrations=self.revisions.printed(ESTABLISHED if has_established else current) if pending else "",
            repeatables=[*files.repeatables(self.sql_dir, get_settings().language), files.version_note()],
        )

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the advisory lock of migrate_schema, which other callers wait for."""
        self.connection.autocommit = True
        with self._explained("waiting for another migrate_schema"):
            if not self._one("select pg_try_advisory_lock(%s)", LOCK_KEY):
                log.info("Another migrate_schema runs on this database; waiting for it.")
                self._one("select set_config('lock_timeout', %s, false)", f"{LOCK_WAIT_MS}ms")
                self._one("select pg_advisory_lock(%s)", LOCK_KEY)
        try:
            yield
        finally:
            # Closing the session frees the lock too, but only once the server notices; and an error on the
            # way out must not hide the one that brought us here.
            with suppress(psycopg.Error):
                self.connection.rollback()
                self._one("select pg_advisory_unlock(%s)", LOCK_KEY)
                self.connection.commit()

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """One transaction for all that follows, `prepare` included, of which nothing remains."""
        self.connection.autocommit = False
        with self._engine().connect() as session, session.begin() as transaction:
            self._execute_text(files.SESSION_SQL)
            self._rolled_back = session
            try:
                yield
            finally:
                self._rolled_back = None
                transaction.rollback()

    def is_prepared(self) -> bool:
        """Whether the open transaction's database has this package's schema, of this version."""
        if self._rolled_back is None:
            raise LookupError("asked within `rolled_back`")
        current = self.revisions.current(self._rolled_back)
        return current is not None and not self.revisions.pending(current) and self._version() == __version__

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """One transaction of the session, or that of `rolled_back`; Alembic shares it; errors are explained."""
        if self._rolled_back is not None:
            with self._explained("migrations"):
                yield self._rolled_back
            return
        self.connection.autocommit = False
        with self._explained("migrations"), self._engine().begin() as session:
            self._execute_text(files.SESSION_SQL)
            yield session

    @property
    def _level(self) -> int:
        """What is said file by file is for debugging only where it is rolled back."""
        return logging.INFO if self._rolled_back is None else logging.DEBUG

    def _engine(self) -> Engine:
        return create_engine("postgresql+psycopg://", creator=lambda: self.connection, poolclass=StaticPool)

    def _version(self) -> str | None:
        """By which version of the package the database was prepared; None: unknown."""
        found = database.fetch_rows(self.connection, "monitoring/database_version.sql")[0]["database_version"]
        return str(found) if found is not None else None

    def _warn_of_other_version(self) -> None:
        found = self._version()
        if found not in (None, __version__):
            self._warn(
                f"Version {found} of Control Tower prepared this database before; it is version {__version__} now. "
                "Scheduler, workers and API server must run that version too."
            )

    def _create_sources(self) -> tuple[str, ...]:
        """Create missing source tables and check the others."""
        before = self._public_tables()
        for file in files.sources(self.sql_dir):
            self._execute(file)
        created = tuple(sorted(self._public_tables() - before))
        for table in created:
            log.info("Created the source table public.%s, empty: it did not exist.", table)
        return created

    def _execute(self, file: SqlFile) -> None:
        """Run a whole file in the open transaction."""
        started = time.monotonic()
        with self._explained(file.name, file):
            self._execute_text(file.text)
        log.log(self._level, "%s: done in %.2f s", file.name, time.monotonic() - started)

    def _execute_text(self, text: str) -> None:
        self.connection.execute(text.encode())

    def _public_tables(self) -> set[str]:
        rows = self.connection.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
        )
        return {name for (name,) in rows}

    def _one(self, query: str, *parameters: object) -> Any:
        row = self.connection.execute(query.encode(), parameters or None).fetchone()
        return row[0] if row else None

    def _notice(self, notice: psycopg.errors.Diagnostic) -> None:
        message = notice.message_primary or ""
        if notice.severity_nonlocalized == "WARNING":
            self._warn(message)
        else:
            log.log(self._level, "%s", message)

    def _warn(self, message: str) -> None:
        self.warnings.append(message)
        log.warning("%s", message)

    @contextmanager
    def _explained(self, doing: str, file: SqlFile | None = None) -> Iterator[None]:
        """Turn a driver error into one of ours that says in which file and line it happened."""
        try:
            yield
        except sqlalchemy.exc.DBAPIError as error:
            if not isinstance(error.orig, psycopg.Error):
                raise
            running = self.revisions.running
            raise self._explain(error.orig, running.name if running else doing, running) from error
        except psycopg.Error as error:
            raise self._explain(error, doing, file) from error

    def _explain(self, error: psycopg.Error, doing: str, file: SqlFile | None) -> errors.ControlTowerError:
        if error.sqlstate == SOURCES_STATE:
            lines = (error.diag.message_detail or "").split("\n")
            obstacles = [errors.SourceObstacle(*line.split("\t")) for line in lines]
            return errors.unreadable_sources(obstacles, driver_errors.describe(self.connection))
        explained = driver_errors.explain(error, self.connection)
        place = doing
        if file is not None and error.diag.statement_position:
            line = file.text.count("\n", 0, int(error.diag.statement_position) - 1) + 1
            place = f"{doing}, line {line}"
        if isinstance(explained, errors.DatabaseUnreachable | errors.DatabaseBusy | errors.PermissionMissing):
            return type(explained)(f"{place}: {explained.problem}", explained.next_action)
        # which rows stand in the way: whoever migrates has to find them
        rows = f" {error.diag.message_detail}" if (error.sqlstate or "").startswith("23") else ""
        return errors.MigrationFailed(
            f"{place}: {explained.problem}{rows} Its transaction was rolled back.",
            "correct what the message names (often an object of the same name that differs), and run migrate_schema "
            "again.",
        )
