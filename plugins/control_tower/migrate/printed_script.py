"""The schema as one script for psql, for a DBA who runs changes by hand."""

from __future__ import annotations

from collections.abc import Sequence

from control_tower.migrate.files import SESSION_SQL, SqlFile

_HEADER = """\
-- Control Tower, migrate_schema: what it would run on this database now.
-- Run the whole script with psql; it stops at the first error, and the transaction at work is rolled back.
-- Printed for schema version: {version}
\\set ON_ERROR_STOP on
select pg_advisory_lock({lock_key});
"""

_SAME_VERSION = """\
do $$
declare
    found text;
begin
    if to_regclass('ops.control_tower_schema_version') is not null then
        select version_num into found from ops.control_tower_schema_version;
    end if;
    if found is distinct from {version} then
        raise exception 'this script was printed for another schema version of this database'
            using hint = 'print it again: migrate_schema with print_only';
    end if;
end
$$;
"""


def render(
    *,
    current: str | None,
    lock_key: int,
    sources: Sequence[SqlFile],
    established: str,
    migrations: str,
    repeatables: Sequence[SqlFile],
) -> str:
    """The script that takes a database from revision `current` (None: none yet) to the latest, as `migrate()` does.

    `established` and `migrations` are what Alembic prints; empty: none are pending.
    """
    same_version = _SAME_VERSION.format(version=f"'{current}'" if current else "null")
    return "\n".join(
        (
            _HEADER.format(version=current or "none yet", lock_key=lock_key),
            _transaction(same_version, *map(_commented, sources), established),
            _transaction(migrations, *map(_commented, repeatables)),
            f"select pg_advisory_unlock({lock_key});\n",
        )
    )


def _transaction(*parts: str) -> str:
    return "\n".join(("begin;", SESSION_SQL, *parts, "commit;\n"))


def _commented(file: SqlFile) -> str:
    return f"-- {file.name}\n{file.text}"
