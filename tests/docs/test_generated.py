"""The generated tables say what the code says. `make docs` rewrites them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from devtools import docs
from tests.docs.pages import PROJECT
from tests.pipeline import DAGS, load_dag

TABLES: dict[tuple[str, str], Callable[[Any], Iterable[str]]] = {
    ("README.md", "dags"): lambda _: docs.dags(load_dag(file.stem) for file in sorted(DAGS.glob("*.py"))),
    ("docs/reference.md", "views"): lambda _: docs.views(),
    ("docs/reference.md", "checks"): lambda _: docs.checks(),
    ("docs/reference.md", "settings"): lambda _: docs.settings(),
    ("docs/architecture.md", "tables"): docs.tables,
}


@pytest.mark.parametrize(("page", "name"), TABLES)
def test_a_table_says_what_the_code_says(page: str, name: str, warehouse) -> None:
    path = PROJECT / page
    text = path.read_text()
    begin, end = f"<!-- {name}: generated -->\n", f"<!-- end of {name} -->"
    assert (text.count(begin), text.count(end)) == (1, 1)
    before, rest = text.split(begin)
    written, after = rest.split(end)
    generated = "\n".join(TABLES[page, name](warehouse)) + "\n"
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(before + begin + generated + end + after)
        written = generated
    assert written == generated, "make docs brings it up to date"


def test_every_table_says_what_it_holds(warehouse) -> None:
    rows = list(docs.tables(warehouse))[2:]
    assert len(rows) > 50
    for row in rows:
        name, holds = (cell.strip() for cell in row.split("|")[1:3])
        assert len(holds) > 5, f"say in a comment above its `create table` what {name} holds"
