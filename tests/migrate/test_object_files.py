"""Every function, trigger and view that the package owns has one file, named after it, that creates it again."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from control_tower.database import SQL_DIR

OWNED = "('canon', 'observational', 'ops')"
LANDED = Path(__file__).resolve().parents[1] / "golden" / "migrations.sha256"


def creators(kind: str) -> dict[str, list[str]]:
    """Names that `create … <kind> <name>` gives in files that every migrate_schema runs, with those files."""
    found: dict[str, list[str]] = {}
    for folder in ("sources/readers", "sources/views", "functions", "triggers", "views"):
        for path in sorted((SQL_DIR / folder).rglob("*.sql")):
            for name in re.findall(
                rf"^create (?:or replace )?(?:{kind}) ([a-z_0-9.]+)", path.read_text(), re.MULTILINE
            ):
                file = path.relative_to(SQL_DIR).as_posix()
                if file not in found.setdefault(name, []):  # overloads of a function are together
                    found[name].append(file)
    return found


def test_every_function_has_one_file(warehouse) -> None:
    functions = warehouse.execute(
        "select pronamespace::regnamespace || '.' || proname, prorettype = 'trigger'::regtype from pg_proc"
        f" where pronamespace::regnamespace::text in {OWNED}"
    ).fetchall()
    files = creators("function")
    assert len(functions) > 40
    assert {name for name, _ in functions} == set(files)
    for name, is_trigger_function in functions:
        (file,) = files[name]
        assert is_trigger_function or Path(file).stem == name.split(".")[1], f"{file} creates {name}"


def test_every_trigger_is_in_the_file_of_its_table(warehouse) -> None:
    triggers = warehouse.execute(
        "select tgname, relname from pg_trigger join pg_class on pg_class.oid = tgrelid"
        f" where not tgisinternal and relnamespace::regnamespace::text in {OWNED}"
    ).fetchall()
    assert len(triggers) > 20
    created = {
        (name, table)
        for path in (SQL_DIR / "triggers").glob("*.sql")
        for name, table in re.findall(
            r"^create or replace trigger (\w+)\n[^;]*? on \w+\.(\w+)", path.read_text(), re.MULTILINE
        )
        if table == path.stem
    }
    assert set(triggers) == created


def test_every_view_has_one_file_named_after_it(warehouse) -> None:
    views = warehouse.execute(
        f"select relnamespace::regnamespace || '.' || relname from pg_class where relkind in ('v', 'm')"
        f" and relnamespace::regnamespace::text in {OWNED}"
    ).fetchall()
    files = creators("view|materialized view")
    assert {name for (name,) in views} == set(files)
    for name, (file, *more) in files.items():
        stem = Path(file).stem
        assert name.split(".")[1] in (stem, f"records_of_{stem}", f"arrivals_of_{stem}")
        assert not more


@pytest.mark.parametrize("line", LANDED.read_text().splitlines())
def test_a_migration_that_has_landed_is_never_edited(line: str) -> None:
    digest, name = line.split()
    landed = (SQL_DIR / "migrations" / name).read_bytes()
    assert hashlib.sha256(landed).hexdigest() == digest, "put the change into a new migration instead"


def test_every_migration_is_listed_as_landed() -> None:
    listed = {line.split()[1] for line in LANDED.read_text().splitlines()}
    found = [*(SQL_DIR / "migrations").glob("*.sql"), *(SQL_DIR / "migrations" / "versions").glob("*.py")]
    assert {path.relative_to(SQL_DIR / "migrations").as_posix() for path in found} == listed, "add: sha256sum"
