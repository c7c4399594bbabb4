"""tests/golden/schema.sql is what a migrated database looks like, so that every schema change shows in the diff.

After a change: UPDATE_SCHEMA=1 python -m pytest tests/migrate/test_schema.py
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import psycopg

SCHEMA_FILE = Path(__file__).resolve().parents[1] / "golden" / "schema.sql"
HEADER = """\
-- The schema of a migrated empty database, for reading and for diffs; nothing runs this file.
-- Written by: UPDATE_SCHEMA=1 python -m pytest tests/migrate/test_schema.py
-- What views and columns mean is in docs/data-dictionary.en.md.

"""
DESCRIPTION = re.compile(r"^COMMENT ON (?:COLUMN|VIEW|MATERIALIZED VIEW) .*;\n+", re.MULTILINE)


def test_the_checked_in_schema_is_what_migrating_an_empty_database_gives(migrated_template, server, schema_of) -> None:
    schema = HEADER + DESCRIPTION.sub("", schema_of(server.uri(migrated_template)))
    if os.environ.get("UPDATE_SCHEMA"):
        SCHEMA_FILE.write_text(schema)

    assert SCHEMA_FILE.read_text() == schema, "the schema changed; see the top of this test for how to write it anew"


def test_no_index_lets_the_server_log_a_line_per_block_range(migrated_template, server) -> None:
    # a request for a summary that finds no room is logged: a first load wrote thousands of them
    with psycopg.connect(server.uri(migrated_template)) as connection:
        asking = connection.execute("select relname from pg_class where 'autosummarize=on' = any(reloptions)")
        assert asking.fetchall() == []
