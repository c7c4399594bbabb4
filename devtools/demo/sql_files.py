"""The demo's own queries: the files of the folder `sql/` beside this module."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).with_name("sql")


def read_sql(name: str) -> str:
    """The text of a file of the demo's folder of SQL files."""
    return (FOLDER / name).read_text(encoding="utf-8")
