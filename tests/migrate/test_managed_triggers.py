"""Triggers are created again where they are missing, disabled or of another version, and left alone otherwise."""

from __future__ import annotations

import shutil

import pytest

from control_tower.database import SQL_DIR
from control_tower.errors import MigrationError
from control_tower.migrate import managed_triggers, migrate

TRIGGERS = "select oid, xmin, tgname, tgenabled::text, tgrelid::regclass::text from pg_trigger where not tgisinternal"


def test_triggers_that_are_as_their_file_says_are_left_alone(empty_database) -> None:
    migrate(empty_database)
    before = empty_database.query(TRIGGERS)
    migrate(empty_database)
    assert sorted(empty_database.query(TRIGGERS)) == sorted(before)


@pytest.mark.parametrize(
    "change",
    [
        "drop trigger queue_attribution_on_update on observational.lead_events",
        "alter table observational.lead_ledger disable trigger maintain_ledger_summaries_on_insert",
        "comment on trigger append_only on ops.audit_chain is 'of another version'",
    ],
)
def test_what_is_missing_disabled_or_of_another_version_comes_back(empty_database, change: str) -> None:
    migrate(empty_database)
    before = {(name, enabled, table) for _, _, name, enabled, table in empty_database.query(TRIGGERS)}
    empty_database.query(change)
    migrate(empty_database)
    assert {(name, enabled, table) for _, _, name, enabled, table in empty_database.query(TRIGGERS)} == before


def test_a_changed_function_of_a_trigger_is_replaced(empty_database, tmp_path) -> None:
    migrate(empty_database)
    folder = shutil.copytree(SQL_DIR, tmp_path / "sql")
    file = folder / "triggers" / "lead_events.sql"
    file.write_text(file.read_text().replace("if persons is null then", "if persons is null or false then"))
    migrate(empty_database, sql_dir=folder)
    (source,) = empty_database.query("select prosrc from pg_proc where proname = 'queue_attribution'")
    assert "or false" in source[0]


@pytest.mark.parametrize(
    "text", ["select 1;", "create or replace function ops.f() returns int language sql as 'select 1';"]
)
def test_a_file_without_a_trigger_is_refused(text: str) -> None:
    with pytest.raises(MigrationError, match="does not create the triggers of one table"):
        managed_triggers.guard("triggers/x.sql", text)
