"""The schema as one script for psql, for a DBA who runs changes by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from control_tower.migrate.files import SESSION_SQL, SqlFile

_HEADER = """\
-- Control Tower, migrate_schema: what it would run on this database now.
-- Run the whole script with psql; it stops at the first error, and what was committed before stays.
-- Printed for schema version: {version}
\\set ON_ERROR_STOP on
select pg_advisory_lock({lock_key});
"""

_SAME_VERSION = """\
do $$
begin
    if (select max(version_num) from ops.control_tower_schema_version) is distinct from {version} then
        raise exception 'this script was printed for another schema version of this database'
            using hint = 'print it again: migrate_schema with print_only';
    end if;
end
$$;
"""

_RECORD = """\
delete from ops.control_tower_schema_version;
insert into ops.control_tower_schema_version (version_num) values ('{revision}');
insert into ops.control_tower_migrations (revision, sha256) values ('{revision}', '{sha256}');
"""


def render(
    *,
    current: str | None,
    lock_key: int,
    sources: Sequence[SqlFile],
    preamble: SqlFile,
    pending: Sequence[SqlFile],
    repeatables: Sequence[SqlFile],
) -> str:
    """The script that takes a database from revision `current` (None: none yet) to the latest.

    Its transactions are those of `migrate()`; running it by hand ends in the same database.
    """
    version = f"'{current}'" if current else "null"

    def parts() -> Iterator[str]:
        yield _HEADER.format(version=current or "none yet", lock_key=lock_key)
        yield _transaction([*sources, preamble], _SAME_VERSION.format(version=version))
        for file in pending:
            # Revisions and hashes come from our own file names and contents: [a-z0-9_] only.
            yield _transaction([file], _RECORD.format(revision=file.revision, sha256=file.sha256))
        yield _transaction(repeatables, "")
        yield f"select pg_advisory_unlock({lock_key});\n"

    return "\n".join(parts())


def _transaction(members: Sequence[SqlFile], ending: str) -> str:
    bodies = "\n".join(f"-- {file.name}\n{file.text}" for file in members)
    return f"begin;\n{SESSION_SQL}{bodies}{ending}commit;\n"
