"""Guards of how this code base is laid out: each is a line of the house's rules."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from control_tower.database import SQL_DIR
from control_tower.monitoring.checks import check_names
from control_tower.sources import SOURCE_TABLES

PROJECT = Path(__file__).resolve().parents[1]
PLUGINS = PROJECT / "plugins"
SOURCES = (
    *SOURCE_TABLES,
    *("drivers", "summary_daily", "module_ct_scouts_list", "module_ct_cabinet_payments", "module_ct_scout_drivers"),
)
MAY_NAME_SOURCES = ("sources", "migrations")
"""Folders of sql/ whose files name tables of public."""

READS_A_TABLE = re.compile(r"\b(?:from|join|into|update|only|table)\s+((?:[a-z_]+\.)?[a-z_0-9]+)")
SQL_WORDS = re.compile(r"\b(select\s.+\sfrom|insert\s+into|update\s.+\sset|delete\s+from)\b", re.IGNORECASE | re.DOTALL)


def statements_of(path: Path) -> str:
    """A SQL file without its comments."""
    return re.sub(r"--.*", "", path.read_text())


def sql_files() -> list[Path]:
    return sorted(path for path in SQL_DIR.rglob("*.sql"))


def name_of(path: Path) -> str:
    return path.relative_to(SQL_DIR).as_posix()


def test_source_tables_are_named_only_where_they_are_normalised() -> None:
    for path in sql_files():
        if not name_of(path).startswith(MAY_NAME_SOURCES):
            named = set(re.findall(r"\bpublic\.([a-z_0-9]+)", statements_of(path)))
            assert not named & set(SOURCES), f"{name_of(path)} names source tables"


@pytest.mark.parametrize("check", check_names())
def test_a_check_reads_only_views(check: str) -> None:
    text = statements_of(SQL_DIR / "checks" / f"{check}.sql")
    ctes = set(re.findall(r"\b([a-z_]+) as (?:not materialized |materialized )?\(", text))
    read = set(READS_A_TABLE.findall(re.sub(r"\bis (not )?distinct from\b", "", text))) - ctes
    assert read, "a check reads something"
    for relation in read:
        assert re.fullmatch(r"[a-z]+\.v_\w+|canon\.(source_\w+|match_rules)|ops\.check_audit", relation), relation


def test_advisory_locks_are_taken_in_one_place() -> None:
    places = {name_of(path) for path in sql_files() if "pg_advisory" in statements_of(path)}
    places |= {
        path.relative_to(PLUGINS).as_posix() for path in PLUGINS.rglob("*.py") if "pg_advisory" in path.read_text()
    }
    migrating = {"control_tower/migrate/runner.py", "control_tower/migrate/printed_script.py"}
    assert places - migrating == {"functions/take_lock.sql"}


def test_every_sql_file_begins_with_what_it_is_for() -> None:
    for path in sql_files():
        first = path.read_text().splitlines()[0]
        assert re.match(r"-- \S.{15,}", first), f"{name_of(path)} has no header comment"


def test_every_rule_has_its_file() -> None:
    text = (SQL_DIR / "views/identity/match_rules.sql").read_text()
    rules = re.findall(r"^\(\d+, '([A-Z0-9_]+)'.*, (true|false), (?:true|false)\)", text, re.MULTILINE)
    assert len(rules) == 10
    for rule, is_by_name in rules:
        file = "candidates_by_name" if is_by_name == "true" else rule
        assert f"'{rule}'" in statements_of(SQL_DIR / "pipeline/3_match" / f"{file}.sql")


def test_no_sql_file_drops_with_cascade_or_calls_the_clock_of_the_server() -> None:
    for path in sql_files():
        text = statements_of(path).lower()
        assert not re.search(r"\bcascade\b", re.sub(r"on delete cascade", "", text)), name_of(path)
        if re.match(r"pipeline/", name_of(path)):  # a step's clock is its run's; views tell ages when they are read
            assert not re.search(r"\b(now\(\)|current_timestamp|current_date|clock_timestamp)", text), name_of(path)


def test_python_never_builds_sql_from_strings() -> None:
    for path in sorted(PLUGINS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            text = ""
            if isinstance(node, ast.JoinedStr):
                text = "".join(part.value for part in node.values if isinstance(part, ast.Constant))
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
                text = str(node.left.value)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
                receiver = node.func.value
                text = str(receiver.value) if isinstance(receiver, ast.Constant) else ""
            assert not SQL_WORDS.search(text), f"{path.relative_to(PROJECT)}:{getattr(node, 'lineno', 0)}"


def test_no_module_is_named_after_nothing() -> None:
    nothing = {"utils", "common", "helpers", "manager", "misc"}
    for path in [*PLUGINS.rglob("*.py"), *(PROJECT / "tests").rglob("*.py"), *SQL_DIR.rglob("*.sql")]:
        assert path.stem not in nothing, path


def test_files_stay_short_enough_to_be_read() -> None:
    for folder in ("plugins", "dags", "devtools", "tests", "sql"):
        for path in (PROJECT / folder).rglob("*"):
            if path.suffix in (".py", ".sql") and path.parent.name not in ("golden", "migrations"):
                assert len(path.read_text().splitlines()) < 400, path.relative_to(PROJECT)
