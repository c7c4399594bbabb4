"""The data dictionary of the public views, as a page of `docs/` and as sources of dbt, in each language.

Both come from the texts that migrate_schema writes as comments. `make docs` writes them;
`tests/docs/test_data_dictionary.py` compares them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg

from control_tower.i18n.catalogue import Language
from control_tower.migrate.data_dictionary import column_text, view_text
from devtools.docs import PROJECT, SQL, public_views

COLUMNS = """\
select attrelid::regclass::text, attname::text, format_type(atttypid, atttypmod)
from pg_attribute
where attrelid = any(%s::regclass[]) and attnum > 0 and not attisdropped
order by attrelid::regclass::text, attnum
"""

HEADS: dict[Language, str] = {
    "en": """\
# Data dictionary

The views that readers may see (role `control_tower_reader`), each with its columns, as in the comments that
`migrate_schema` writes into the database. Lists of codes to join are `ops.dim_…`. Generated from the code by
`make docs`; [the same in Spanish](data-dictionary.es.md) · [as sources for dbt](dbt/control_tower_sources.en.yml)
""",
    "es": """\
# Diccionario de datos

Las vistas que pueden ver los lectores (rol `control_tower_reader`), cada una con sus columnas, como en los comentarios
que `migrate_schema` escribe en la base de datos. Las listas de códigos para unir son `ops.dim_…`. Generado del código
por `make docs`; [lo mismo en inglés](data-dictionary.en.md) · [como fuentes para dbt](dbt/control_tower_sources.es.yml)
""",
}
CELLS: dict[Language, tuple[str, str, str]] = {
    "en": ("column", "type", "meaning"),
    "es": ("columna", "tipo", "significado"),
}
DBT_HEADS: dict[Language, str] = {
    "en": "# The public views of Control Tower as sources of dbt. Copy this file into models/.",
    "es": "# Las vistas públicas de Control Tower como fuentes de dbt. Copie este archivo a models/.",
}

Column = tuple[str, str]
"""Name and type."""


def columns_of(connection: psycopg.Connection[Any]) -> dict[str, list[Column]]:
    """The columns of every public view, in order."""
    rows = connection.execute(COLUMNS, (list(public_views()),)).fetchall()
    return {view: [(name, kind) for _, name, kind in found] for view, found in groupby(rows, key=lambda row: row[0])}


def page(columns: dict[str, list[Column]], language: Language) -> Iterator[str]:
    """The lines of the page."""
    yield HEADS[language]
    for view, file in public_views().items():
        path = (SQL / file.name).relative_to(PROJECT)
        yield f"## [{view}](../{path})\n"
        yield f"{_cell(view_text(file, language))}\n"
        yield f"| {' | '.join(CELLS[language])} |"
        yield "|---|---|---|"
        for name, kind in columns[view]:
            yield f"| `{name}` | {kind} | {_cell(column_text(view, name, language))} |"
        yield ""


def dbt_sources(columns: dict[str, list[Column]], language: Language) -> Iterator[str]:
    """The lines of a sources file of dbt: one source per schema."""
    yield DBT_HEADS[language]
    yield "version: 2"
    yield "sources:"
    for schema, views in groupby(sorted(public_views().items()), key=lambda item: item[0].partition(".")[0]):
        yield f"  - name: control_tower_{schema}"
        yield f"    schema: {schema}"
        yield "    tables:"
        for view, file in views:
            yield f"      - name: {view.partition('.')[2]}"
            yield f"        description: {_text(view_text(file, language))}"
            yield "        columns:"
            for name, kind in columns[view]:
                yield f"          - name: {name}"
                yield f"            data_type: {_text(kind)}"
                yield f"            description: {_text(column_text(view, name, language))}"


FILES: dict[Path, tuple[Callable[[dict[str, list[Column]], Language], Iterator[str]], Language]] = {
    PROJECT / "docs" / "data-dictionary.en.md": (page, "en"),
    PROJECT / "docs" / "data-dictionary.es.md": (page, "es"),
    PROJECT / "docs" / "dbt" / "control_tower_sources.en.yml": (dbt_sources, "en"),
    PROJECT / "docs" / "dbt" / "control_tower_sources.es.yml": (dbt_sources, "es"),
}
"""What is generated, and how."""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
