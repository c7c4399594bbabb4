"""Migrations: Alembic revisions in `sql/migrations/versions`, each of which runs the SQL file of its name."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from alembic import command, context, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import DDL, Connection

from control_tower.errors import MigrationError, SchemaNewerThanPackage
from control_tower.migrate.files import SqlFile, migration

VERSION_SCHEMA = "ops"
VERSION_TABLE = "control_tower_schema_version"


def run_sql_file(revision: str) -> None:
    """Run the SQL file of a revision in the open transaction, or print it; called by the revision itself."""
    file = migration(Path(context.config.attributes["sql_dir"]), revision)
    context.config.attributes["running"] = file
    statements: Any = DDL  # SQLAlchemy leaves its constructor without types
    op.execute(statements(file.text.replace("%", "%%")))  # DDL formats its text, and binds no parameters


class Revisions:
    """The migrations of a folder of SQL files, with `migrations/env.py` and `migrations/versions`."""

    def __init__(self, sql_dir: Path) -> None:
        self._config = Config()
        self._config.set_main_option("script_location", str(sql_dir / "migrations").replace("%", "%%"))
        self._config.set_main_option("path_separator", "os")
        self._config.set_main_option("version_table", VERSION_TABLE)
        self._config.set_main_option("version_table_schema", VERSION_SCHEMA)
        self._config.attributes.update(sql_dir=sql_dir, connection=None)

    @property
    def running(self) -> SqlFile | None:
        """The SQL file that was begun last; None: none yet."""
        running: SqlFile | None = self._config.attributes.get("running")
        return running

    @staticmethod
    def current(connection: Connection) -> str | None:
        """The revision of a database; None: none yet."""
        options = {"version_table": VERSION_TABLE, "version_table_schema": VERSION_SCHEMA}
        return MigrationContext.configure(connection, opts=options).get_current_revision()

    def pending(self, current: str | None) -> list[str]:
        """The revisions that a database at `current` still needs, oldest first.

        Raises:
            SchemaNewerThanPackage: The database is at a revision that this package does not have.
            MigrationError: The folder holds no single latest revision.
        """
        scripts = ScriptDirectory.from_config(self._config)
        try:
            latest = scripts.get_current_head()
        except CommandError as error:
            raise MigrationError(
                f"The migrations do not follow one another: {error}", "deploy the package's folder sql/ as a whole."
            ) from error
        try:
            if current is not None:
                scripts.get_revision(current)
        except CommandError as error:
            raise SchemaNewerThanPackage(
                f"The database is at schema version {current}, which this package does not have "
                f"(its latest is {latest}).",
                "deploy the version of the package that prepared this database, or a later one.",
            ) from error
        found = scripts.iterate_revisions("head", current or "base")
        return [script.revision for script in reversed(list(found))]

    def upgrade(self, connection: Connection, revision: str = "head") -> None:
        """Run what is pending up to a revision, in the open transaction of a session."""
        self._config.attributes["connection"] = connection
        command.upgrade(self._config, revision)

    def printed(self, current: str | None, revision: str = "head") -> str:
        """The SQL that takes a database from revision `current` to another."""
        self._config.output_buffer = io.StringIO()
        self._config.attributes["connection"] = None
        command.upgrade(self._config, f"{current}:{revision}" if current else revision, sql=True)
        return self._config.output_buffer.getvalue()
