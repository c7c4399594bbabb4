"""The SQL files that make up the schema, in the order in which they run."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from control_tower.errors import MigrationError
from control_tower.migrate.offered import guard

REPEATABLE = (
    "functions",
    "1_normalise/views",
    "2_match/views",
    "3_events/views",
    "4_ledger/views",
    "5_milestones",
    "5_money_views",
    "5_health",
    "5_views",
    "7_rights",
)
"""Folders whose files are run again by every migrate_schema, in this order; each object has one file. Rights come last,
when every object is there."""

OFFERED = "5_money_views"
"""The folder whose views are created only where the database has none of that name, or has ours."""

SESSION_SQL = "set local search_path = public; set local lock_timeout = '60s';\n"
"""Runs first in each transaction. One search path, so that names and catalogue texts mean the same on every
database; a limit to waiting for a lock, because whoever comes after us queues behind us."""

_MIGRATION_NAME = re.compile(r"\d{4}_[a-z0-9_]+\.sql")


@dataclass(frozen=True)
class SqlFile:
    """One file of the schema.

    Attributes:
        name: Path below the SQL folder, with slashes.
        text: Its content, ending in a semicolon and a line break.
    """

    name: str
    text: str

    @property
    def revision(self) -> str:
        """The file's stem, which is a migration's revision id."""
        return Path(self.name).stem

    @property
    def sha256(self) -> str:
        """Hash of the content, the same under any line ending."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def preamble(sql_dir: Path) -> SqlFile:
    """Creates the tables in which migrations are recorded."""
    return _read(sql_dir, "migrations/version_tables.sql")


def sources(sql_dir: Path) -> list[SqlFile]:
    """Create missing source tables and check the columns of the others."""
    return _folder(sql_dir, "sources")


def migrations(sql_dir: Path) -> list[SqlFile]:
    """The migrations, oldest first.

    Raises:
        MigrationError: Two files have the same number, or there is no file at all.
    """
    found = [file for file in _folder(sql_dir, "migrations") if _MIGRATION_NAME.fullmatch(Path(file.name).name)]
    numbers = [file.revision[:4] for file in found]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice or not found:
        fault = f"two migrations numbered {', '.join(twice)}" if twice else "no migrations"
        raise MigrationError(
            f"{sql_dir / 'migrations'} has {fault}.",
            "deploy the package's sql/ folder as a whole, or give the newer file the next free number.",
        )
    return found


def repeatables(sql_dir: Path) -> list[SqlFile]:
    """Functions and views, in the order in which they depend on each other."""
    return [
        SqlFile(file.name, guard(file.name, file.text)) if folder == OFFERED else file
        for folder in REPEATABLE
        for file in _folder(sql_dir, folder)
    ]


def _folder(sql_dir: Path, folder: str) -> list[SqlFile]:
    paths = sorted((sql_dir / folder).glob("*.sql"), key=lambda path: path.name)
    return [_read(sql_dir, f"{folder}/{path.name}") for path in paths]


def _read(sql_dir: Path, name: str) -> SqlFile:
    try:
        text = (sql_dir / name).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise MigrationError(
            f"The SQL file {sql_dir / name} cannot be read: {error.strerror}.",
            "deploy the folder sql/ beside plugins/, or set CONTROL_TOWER_SQL_DIR to where it is.",
        ) from error
    return SqlFile(name, text + "\n" if text.endswith(";") else text + "\n;\n")
