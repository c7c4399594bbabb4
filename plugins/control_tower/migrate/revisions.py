"""Alembic over plain SQL files: a revision is a file, its id the stem, its parent the file before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import Connection

from control_tower.errors import SchemaNewerThanPackage
from control_tower.migrate.files import SqlFile

VERSION_TABLE = "control_tower_schema_version"
VERSION_SCHEMA = "ops"


class SqlScripts(ScriptDirectory):
    """Alembic's script directory, without Python files and forward only.

    Args:
        migrations: Oldest first.
        apply: Called with each file that is to be run, inside its transaction.
    """

    def __init__(self, folder: Path, migrations: Sequence[SqlFile], apply: Callable[[SqlFile], None]) -> None:
        self._migrations = migrations
        self._apply = apply
        super().__init__(str(folder))

    def _load_revisions(self) -> Iterator[Script]:
        down_revision: str | None = None
        for file in self._migrations:
            module = ModuleType(file.revision, doc=file.revision.replace("_", " "))
            vars(module).update(down_revision=down_revision, upgrade=self._upgrade(file))
            yield Script(module, file.revision, file.name)
            down_revision = file.revision

    def _upgrade(self, file: SqlFile) -> Callable[[], None]:
        def upgrade() -> None:
            self._apply(file)

        return upgrade

    def pending(self, current: str | None) -> list[SqlFile]:
        """The migrations that a database at revision `current` (None: none yet) still needs, oldest first.

        Raises:
            SchemaNewerThanPackage: The database is at a revision that this package does not have.
        """
        by_revision = {file.revision: file for file in self._migrations}
        try:
            steps = self._upgrade_revs("head", current)  # type: ignore[arg-type]  # None is Alembic's base
        except (CommandError, ResolutionError) as error:
            raise SchemaNewerThanPackage(
                f"The database is at schema version {current}, which this package does not have "
                f"(its latest is {self._migrations[-1].revision}).",
                "deploy the version of the package that prepared this database, or a later one.",
            ) from error
        return [by_revision[step.revision.revision] for step in steps]

    def upgrade(self, connection: Connection) -> None:
        """Run what is pending, each migration and its version row in one transaction."""

        def steps(heads: tuple[str, ...], _context: MigrationContext) -> Any:
            return self._upgrade_revs("head", heads)  # type: ignore[arg-type]

        MigrationContext.configure(
            connection,
            opts={
                "version_table": VERSION_TABLE,
                "version_table_schema": VERSION_SCHEMA,
                "transaction_per_migration": True,
                "script": self,
                "fn": steps,
            },
        ).run_migrations()
