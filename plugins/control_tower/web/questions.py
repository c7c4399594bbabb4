"""The text of each question, read once: one SQL file of `sql/8_web` per question."""

from __future__ import annotations

from functools import cache

from control_tower.database import read_sql


@cache
def question(name: str) -> str:
    """The text of `sql/8_web/<name>.sql`.

    Raises:
        ObjectMissing: There is no such file.
    """
    return read_sql(f"8_web/{name}.sql")
