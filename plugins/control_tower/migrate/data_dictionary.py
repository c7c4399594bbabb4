"""What views and columns mean, and the labels of codes: texts that migrate_schema writes into the database.

The English text of a view is the first sentence of its file; its translation has that sentence as msgid. Columns are
described once per name, and again as `schema.view.column` where a view means something else. Labels come from the
catalogue of the pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Protocol

from control_tower import database
from control_tower.i18n.catalogue import DATA_DICTIONARY, Language, codes

PUBLIC = re.compile(
    r"^create (?:or replace )?(?:view|materialized view) ((?:canon|observational|ops)\."
    r"(?:m?v_|dim_|local_time_zone\b)[a-z0-9_]*)",
    re.MULTILINE,
)
"""The views that readers may see (sql/grants)."""

LABEL_ROW = "('{code_group}', '{code}', '{label_es}', '{label_en}')"
"""The row that sql/views/dimensions/labels.sql has once."""

_CODE_GROUP = re.compile(r"code_group = '([a-z_.]+)'")


class SqlText(Protocol):
    """A file of the schema."""

    @property
    def name(self) -> str:
        """Its path below the SQL folder."""

    @property
    def text(self) -> str:
        """What it says."""


def views(files: Iterable[SqlText]) -> dict[str, SqlText]:
    """The views that readers may see, by name, with their files."""
    return {created[1]: file for file in files if (created := PUBLIC.search(file.text))}


def view_text(file: SqlText, language: Language) -> str:
    """What a view shows; in English if it was not translated."""
    english = first_sentence(file.text)
    return english if language == "en" else codes(language, DATA_DICTIONARY).get("view", {}).get(english, english)


def first_sentence(text: str) -> str:
    """The first sentence of the comment at the top of a file."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return re.split(r"(?<=\.)\s", " ".join(lines), maxsplit=1)[0]


def column_texts(language: Language) -> dict[str, str]:
    """What columns mean, by name or by `schema.view.column`."""
    return codes(language, DATA_DICTIONARY).get("column", {})


def column_text(view: str, column: str, language: Language) -> str:
    """What one column of a view means; empty if it was not described."""
    known = column_texts(language)
    return known.get(f"{view}.{column}") or known.get(column, "")


def filled(text: str, files: Iterable[SqlText], language: Language) -> str:
    """The SQL that writes comments, with its texts."""
    offered = [
        {"name": name, "is_established": "/established/" in file.name, "text": view_text(file, language)}
        for name, file in sorted(views(files).items())
    ]
    return text.replace("{views}", _json(offered)).replace("{columns}", _json(column_texts(language)))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("'", "''")


@cache
def label_groups() -> frozenset[str]:
    """The groups of codes that a view of sql/views/dimensions shows."""
    folder = database.SQL_DIR / "views" / "dimensions"
    return frozenset(group for path in folder.glob("*.sql") for group in _CODE_GROUP.findall(path.read_text("utf-8")))


def label_rows() -> str:
    """A row of SQL for each code of these groups."""
    return ",\n".join(_label_rows())


def _label_rows() -> Iterator[str]:
    spanish, english = codes("es"), codes("en")
    for group in sorted(label_groups()):
        for code, label in spanish[group].items():
            values = (group, code, label, english[group][code])
            yield f"({', '.join(_quoted(value) for value in values)})"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
