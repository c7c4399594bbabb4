"""The SQL files that make up the schema, in the order in which they run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from control_tower import __version__
from control_tower.errors import MigrationError
from control_tower.i18n.catalogue import Language
from control_tower.migrate import data_dictionary, managed_triggers, managed_views
from control_tower.sources import RECORD_SOURCES

REPEATABLE = (
    "sources/readers",
    "sources/views/records",
    "sources/views/arrivals",
    "sources/views",
    "functions",
    "views/identity",
    "views/attribution",
    "views/money",
    "views/established",
    "views/review",
    "views/monitoring",
    "views/dimensions",
    "views/roles",
)
"""Folders of views and functions, each object in a file of its own; every migrate_schema runs them again, each after
the objects that it mentions."""

ESTABLISHED = "views/established"
"""Views that a database may have already: created only where there is none of that name, or where it is ours."""

GRANTS = "grants"
"""Run last, when every object is there."""

DESCRIPTIONS = "descriptions"
"""Comments on views and columns; run after the objects above."""

TRIGGERS = "triggers"
"""One file per table with its triggers and their functions; run after the objects above."""

SESSION_SQL = "set local search_path = public; set local lock_timeout = '60s';\n"
"""Runs first in the transaction. One search path, so that names and catalogue texts mean the same on every database; a
limit to waiting for a lock, because others queue behind us."""

CREATE_SCHEMAS = """\
do $$
begin
    if to_regnamespace('ops') is null then
        create schema ops;
    end if;
    if to_regnamespace('canon') is null then
        create schema canon;
    end if;
end
$$;
"""
"""The schemas of Alembic's version table and of what checks the sources. `if not exists` would demand the right to
create where nothing is created."""

SOURCE_CHECK = ("sources/views/source_columns.sql", "sources/views/readable_types.sql", "functions/source_problems.sql")
"""What the check of the sources needs; created before it, and again with the other views and functions."""

VERSION_NOTE = """\
do $$
begin
    if obj_description('ops.control_tower_schema_version'::regclass) is distinct from '{note}' then
        comment on table ops.control_tower_schema_version is '{note}';
    end if;
end
$$;
"""
"""Notes the package's version in the database, where the health check and the pages read it; `monitoring/
database_version.sql` takes its last word."""

_CREATED = re.compile(
    r"^create (?:or replace )?(?:view|materialized view|function) ([a-z_]+\.[a-z0-9_]+)\b", re.MULTILINE
)


@dataclass(frozen=True)
class SqlFile:
    """One file of the schema: its path below the SQL folder, and its text, which ends in a line break."""

    name: str
    text: str


def sources(sql_dir: Path) -> list[SqlFile]:
    """Create missing source tables and check the columns of the others."""
    create, *checks = _folder(sql_dir, "sources")
    schemas = SqlFile("schemas", CREATE_SCHEMAS)
    return [create, schemas, *(_read(sql_dir, name) for name in SOURCE_CHECK), *checks]


def migration(sql_dir: Path, revision: str) -> SqlFile:
    """The SQL file that a revision runs."""
    return _read(sql_dir, f"migrations/{revision}.sql")


def repeatables(sql_dir: Path, language: Language) -> list[SqlFile]:
    """Functions and views in the order in which they depend on each other, comments on views, triggers, grants.

    `language` is that of the comments.
    """
    members = [_per_label(_per_source(file)) for folder in REPEATABLE for file in _folder(sql_dir, folder)]
    objects = [
        SqlFile(file.name, managed_views.guard(file.name, file.text)) if file.name.startswith(ESTABLISHED) else file
        for file in _in_order_of_dependence(members)
    ]
    triggers = [SqlFile(file.name, managed_triggers.guard(file.name, file.text)) for file in _folder(sql_dir, TRIGGERS)]
    comments = [
        SqlFile(file.name, data_dictionary.filled(file.text, members, language))
        for file in _folder(sql_dir, DESCRIPTIONS)
    ]
    return [*objects, *comments, *triggers, *_folder(sql_dir, GRANTS)]


def version_note() -> SqlFile:
    """What notes by which version of the package a database was prepared; run last."""
    return SqlFile("version", VERSION_NOTE.format(note=f"Prepared by Control Tower {__version__}"))


def _per_source(file: SqlFile) -> SqlFile:
    """Repeat the select of a view that names `{table}` for each source of records, joined by `union all`."""
    if "'{table}'" not in file.text:
        return file
    head, _, select = file.text.rpartition(" as\nselect")
    branches = []
    for source in RECORD_SOURCES:
        branch = select.rpartition(";")[0].replace("record_source_view", source.view)
        for name, value in asdict(source).items():
            branch = branch.replace(f"{{{name}}}", str(value).lower() if isinstance(value, bool) else str(value))
        branches.append(f"select{branch}")
    return SqlFile(file.name, head + " as\n" + "\nunion all\n".join(branches) + ";\n")


def _per_label(file: SqlFile) -> SqlFile:
    """Repeat the row of a view that names `{code_group}` for each code of the catalogue that has a label."""
    if (row := data_dictionary.LABEL_ROW) not in file.text:
        return file
    return SqlFile(file.name, file.text.replace(row, data_dictionary.label_rows()))


def _in_order_of_dependence(members: Sequence[SqlFile]) -> list[SqlFile]:
    """Put each file after those that create what it mentions; beyond that the given order stays.

    Raises:
        MigrationError: Objects depend on each other in a circle.
    """
    creators = {created[1]: file for file in members if (created := _CREATED.search(file.text))}
    known = re.compile(rf"\b(?:{'|'.join(map(re.escape, creators))})\b(?!\.)")
    graph: TopologicalSorter[SqlFile] = TopologicalSorter()
    for file in members:
        mentioned = set(known.findall(re.sub(r"--.*", "", file.text)))
        graph.add(file, *(creators[name] for name in sorted(mentioned) if creators[name] is not file))
    try:
        return list(graph.static_order())
    except CycleError as error:
        circle = " -> ".join(file.name for file in error.args[1])
        raise MigrationError(
            f"These views and functions depend on each other: {circle}.", "take one of the references out."
        ) from error


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
