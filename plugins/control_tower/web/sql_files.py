"""Questions to the database: one SQL file of `sql/web` each, its text read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import psycopg

from control_tower.database import read_sql


@cache
def sql_text(file: str) -> str:
    """The text of a file below `sql/`, such as `web/persons/names.sql`.

    Raises:
        ObjectMissing: There is no such file.
    """
    return read_sql(file)


def execute_prepared(
    connection: psycopg.Connection[dict[str, Any]], file: str, parameters: Mapping[str, Any] | None = None
) -> psycopg.Cursor[dict[str, Any]]:
    """The answer to a question whose plan does not depend on its parameters.

    Each session plans it once: views upon views take longer to be planned than to be looked up for one person. A
    question with filters that may be off is none of these.
    """
    return connection.execute(sql_text(file), parameters, prepare=True)
