"""SQL files of the web; the text of each is read once per process."""

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
    """Run a query as a prepared statement, planned once per session.

    For queries whose plan does not depend on their parameters: planning nested views takes longer than looking up one
    person. A query with optional filters needs a plan for its values.
    """
    return connection.execute(sql_text(file), parameters, prepare=True)
