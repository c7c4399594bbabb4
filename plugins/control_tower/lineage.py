"""What a step reads and writes, as a listener for lineage in Airflow, such as OpenLineage, is told.

It is read from the step's SQL files, and from the code of a Python step, which names its files by constants. A view
over a source stands for the table in `public`. Nothing is done without a listener.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from types import CodeType, FunctionType
from typing import Any, NamedTuple
from urllib.parse import quote

from control_tower.database import SQL_DIR, read_sql
from control_tower.driver_errors import CONNECTION_ID
from control_tower.sources import SOURCE_TABLES, WATCHED_SOURCES

log = logging.getLogger(__name__)

OUR_CODE = "control_tower."
SCHEMAS = "(?:canon|observational|ops|public)"
NAME = rf"({SCHEMAS}\.[a-z_0-9]+)"

_READ = re.compile(rf"\b(?:from|join|using)\s+(?:only\s+)?{NAME}\b(?!\s*\()", re.IGNORECASE)
_READER = re.compile(r"\bcanon\.read_([a-z_0-9]+)\s*\(")
_WRITTEN = re.compile(
    rf"\b(?:insert\s+into|update|merge\s+into|delete\s+from|copy|truncate_working_table\('?)\s*{NAME}\b",
    re.IGNORECASE,
)
_DELETED = re.compile(rf"\bdelete\s+from\s+{NAME}", re.IGNORECASE)
_TABLE = re.compile(NAME)
_FILE = re.compile(r"(?:\w+/)+\w+\.sql")


class Lineage(NamedTuple):
    """Full names of relations."""

    inputs: frozenset[str]
    outputs: frozenset[str]


def of_files(files: Iterable[str]) -> Lineage:
    """What SQL files below `sql/` read and write."""
    return of_texts(read_sql(file) for file in files)


def of_texts(texts: Iterable[str]) -> Lineage:
    """What statements read and write. A table that is only deleted from is an output, not an input."""
    inputs: set[str] = set()
    outputs: set[str] = set()
    for text in texts:
        plain = re.sub(r"--.*", "", text)
        outputs |= set(_WRITTEN.findall(plain))
        inputs |= set(_READ.findall(_DELETED.sub("", plain)))
        inputs |= _tables_read(plain)
    resolved = {table for name in inputs for table in _tables_of(name)}
    return Lineage(frozenset(resolved), frozenset(outputs))


def _tables_read(text: str) -> set[str]:
    """The tables in `public` whose readers a statement calls: a reader has the name of its table, or begins with it."""
    return {
        f"public.{table}"
        for reader in _READER.findall(text)
        for table in WATCHED_SOURCES
        if f"{reader}_".startswith(f"{table}_")
    }


@cache
def _tables_of(name: str) -> frozenset[str]:
    """The tables in `public` below a view of a source; the relation itself if it is none."""
    if name == "canon.source_records":
        return frozenset(f"public.{table}" for table in SOURCE_TABLES)
    stem = name.removeprefix("canon.").removeprefix("records_of_")
    folder = "records" if name.startswith("canon.records_of_") else "."
    file = SQL_DIR / "sources" / "views" / folder / f"{stem}.sql"
    if not name.startswith("canon.") or not file.is_file():
        return frozenset({name})
    return frozenset(_tables_read(file.read_text(encoding="utf-8"))) or frozenset({name})


def of_function(function: Callable[..., Any]) -> Lineage:
    """What a function of the package reads and writes, with the functions that it calls by name."""
    texts, named = [], set()
    for value in _constants(function):
        if _FILE.fullmatch(value):
            texts.append(read_sql(value))
        elif _TABLE.fullmatch(value):
            named.add(value)  # the target of a COPY
        else:
            texts.append(value)
    found = of_texts(texts)
    return Lineage(found.inputs, found.outputs | named)


def _constants(function: Callable[..., Any]) -> set[str]:
    """The texts in the code of a function and in the constants that it names."""
    found: set[str] = set()
    seen: set[int] = set()

    def visit(code: CodeType, names: dict[str, Any]) -> None:
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                visit(constant, names)
            else:
                found.update(_texts_in(constant))
        for name in code.co_names:
            value = names.get(name)
            if isinstance(value, FunctionType) and value.__module__.startswith(OUR_CODE):
                if id(value) not in seen:
                    seen.add(id(value))
                    visit(value.__code__, value.__globals__)
            else:
                found.update(_texts_in(value))

    if isinstance(function, FunctionType):
        visit(function.__code__, function.__globals__)
    return found


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _texts_in(item)


def report(lineage: Callable[[], Lineage]) -> None:
    """Tell Airflow's collector of hook lineage, if a reader of it is registered; a step never fails of it."""
    from airflow.sdk.lineage import NoOpCollector, get_hook_lineage_collector

    collector = get_hook_lineage_collector()
    if isinstance(collector, NoOpCollector):
        return
    try:
        _collect(collector, lineage())
    except Exception:
        log.exception("What this step reads and writes could not be told")


def _collect(collector: Any, found: Lineage) -> None:
    from airflow.sdk import BaseHook

    connection = BaseHook.get_connection(CONNECTION_ID)
    host, database = quote(connection.host or "localhost", safe=""), connection.schema or ""
    context: Any = BaseHook(logger_name=__name__)
    for names, add in ((found.inputs, collector.add_input_asset), (found.outputs, collector.add_output_asset)):
        for name in sorted(names):
            schema, _, table = name.partition(".")
            add(context, uri=f"postgres://{host}:{connection.port or 5432}/{database}/{schema}/{table}")
