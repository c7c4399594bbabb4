"""The data dictionary and the sources of dbt say what the comments in the database say. `make docs` rewrites them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from devtools import data_dictionary


@pytest.mark.parametrize("path", data_dictionary.FILES, ids=lambda path: path.name)
def test_a_file_says_what_the_database_says(path: Path, warehouse) -> None:
    lines, language = data_dictionary.FILES[path]
    generated = "\n".join(lines(data_dictionary.columns_of(warehouse), language)).rstrip("\n") + "\n"
    if os.environ.get("UPDATE_DOCS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(generated)
    assert path.read_text() == generated, "make docs brings it up to date"


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_sources_of_dbt_are_all_views_and_columns(language: str, warehouse) -> None:
    path = next(path for path in data_dictionary.FILES if path.name == f"control_tower_sources.{language}.yml")
    parsed = yaml.safe_load(path.read_text())
    listed = {
        f"{source['schema']}.{table['name']}": [(column["name"], column["data_type"]) for column in table["columns"]]
        for source in parsed["sources"]
        for table in source["tables"]
    }
    assert listed == data_dictionary.columns_of(warehouse)
    assert parsed["version"] == 2
    for source in parsed["sources"]:
        for table in source["tables"]:
            assert table["description"]
            assert all(column["description"] for column in table["columns"])
