"""Audit rows stay as they were written, and where a superuser changed one all the same, the chain names the run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from control_tower.checks import run_check
from tests.attribution.worlds import AUDITS, LEADS, SCOUTING, event, person
from tests.identity.crashes import let_time_pass
from tests.identity.sources import scouting
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
CHECK = "every_audited_run_is_as_it_was_sealed"
APPEND_ONLY = (*AUDITS, "ops.job_runs_audit", "ops.audit_chain")


@pytest.fixture
def audited(warehouse: Warehouse) -> Warehouse:
    """A warehouse whose three backfill audits, states and chain hold rows of two runs (2 and 4)."""
    for run in (1, 2):
        scouting(warehouse, run, "Ana Torres", driver_phone=f"98765432{run}")
        ingest()
        key = person(warehouse, run)
        event(warehouse, key, LEADS)
        event(warehouse, key, SCOUTING, 7)
        attribute()
    for table in APPEND_ONLY:
        assert warehouse.execute(f"select count(*) from {table}").fetchone()[0] >= 2, table  # type: ignore[arg-type,index]
    return warehouse


@pytest.fixture(params=["superuser", "owner", "control_tower_writer"])
def somebody(request: Any, audited: Warehouse) -> Iterator[Warehouse]:
    """A session of who might want to change the audit."""
    if request.param == "owner":
        audited.execute("create role plain_owner")
        for table in APPEND_ONLY:
            audited.execute(f"alter table {table} owner to plain_owner")  # type: ignore[arg-type]
        audited.execute("grant usage, create on schema ops to plain_owner")
    if request.param != "superuser":
        role = {"owner": "plain_owner"}.get(request.param, request.param)
        audited.execute(f"set role {role}")  # type: ignore[arg-type]
    yield audited
    audited.execute("reset role")
    if request.param == "owner":
        audited.execute(
            "reassign owned by plain_owner to current_user; drop owned by plain_owner; drop role plain_owner"
        )


@pytest.mark.parametrize("is_replica", [False, True])
def test_update_delete_and_truncate_are_refused(somebody: Warehouse, is_replica: bool) -> None:
    if is_replica:
        (me,) = somebody.execute("select current_user").fetchone() or ("",)
        somebody.execute("reset role")
        somebody.execute("set session_replication_role = replica")
        somebody.execute(f"set role {me}")  # type: ignore[arg-type]
    columns = dict.fromkeys(AUDITS, "notes = 'x'") | {
        "ops.job_runs_audit": "status_new = 'COMPLETED'",
        "ops.audit_chain": "audit_rows = 0",
    }
    for table in APPEND_ONLY:
        before = somebody.execute(f"select row::text from {table} as row order by 1").fetchall()  # type: ignore[arg-type]
        for statement in (f"update {table} set {columns[table]}", f"delete from {table}", f"truncate {table}"):
            with pytest.raises((psycopg.errors.RestrictViolation, psycopg.errors.InsufficientPrivilege)):
                somebody.execute(statement)  # type: ignore[arg-type]
        assert somebody.execute(f"select row::text from {table} as row order by 1").fetchall() == before  # type: ignore[arg-type]


CHANGES = {
    "one byte of a link's audit": "update ops.identity_links_backfill_audit set notes = 'x' where ingestion_run_id = 2",
    "one scout of an event's audit": "update ops.lead_events_scout_backfill_audit set new_scout_id = 8"
    " where ingestion_run_id = 2",
    "one scout of the ledger's audit": "update ops.lead_ledger_scout_backfill_audit set new_attributed_scout_id = 8"
    " where ingestion_run_id = 2 and person_key = (select min(person_key::text)::uuid"
    " from ops.lead_ledger_scout_backfill_audit where ingestion_run_id = 2)",
    "a row taken away": "delete from ops.lead_ledger_scout_backfill_audit where ingestion_run_id = 2",
    "a row added": "insert into ops.lead_events_scout_backfill_audit (source_table, source_pk, mapping_method,"
    " mapping_confidence, action_type, ingestion_run_id) values ('x', 'x', 'x', 'x', 'UPDATED', 2)",
    "a state changed": "update ops.job_runs_audit set changed_by = 'x' where run_id = 2 and status_new = 'COMPLETED'",
    "a state added": "insert into ops.job_runs_audit (run_id, status_new) values (2, 'FAILED')",
    "its place in the chain taken away": "delete from ops.audit_chain where run_id = 2 and part = 'backfills'",
    "its hash changed": "update ops.audit_chain set hash = 'x' where run_id = 2 and part = 'backfills'",
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_what_a_superuser_changed_is_found_and_the_run_named(audited: Warehouse, change: str) -> None:
    assert run_check(audited, CHECK).status == "OK"
    for table in APPEND_ONLY:
        audited.execute(f"alter table {table} disable trigger append_only")  # type: ignore[arg-type]
    audited.execute(CHANGES[change])  # type: ignore[arg-type]
    found = run_check(audited, CHECK)
    assert found.status == "FAILED"
    assert 2 in {offender["run_id"] for offender in found.sample}


def test_the_hash_does_not_depend_on_the_session(audited: Warehouse) -> None:
    audited.execute("set timezone = 'Asia/Tokyo'; set datestyle = 'German'; set extra_float_digits = 0")
    audited.execute("alter table ops.lead_ledger_scout_backfill_audit add column later text")
    assert run_check(audited, CHECK).status == "OK"


def test_a_run_killed_before_it_was_sealed_is_sealed_by_the_next(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")
    event(warehouse, person(warehouse, 1), SCOUTING, 7)
    killed = attribute(until="refresh_ledger")
    assert warehouse.execute("select count(*) from ops.audit_chain").fetchone() == (0,)
    let_time_pass(warehouse)
    attribute()
    sealed = warehouse.execute(
        "select audit_rows, is_intact from ops.v_audit_chain where run_id = %s and part = 'backfills'", [killed]
    ).fetchall()
    assert sealed == [(1, True)]
    assert run_check(warehouse, CHECK).status == "OK"


def test_each_change_of_a_run_s_state_is_one_row(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")
    attribute(until="refresh_ledger")
    let_time_pass(warehouse)
    attribute()
    rows = warehouse.execute(
        "select run_id, job_type, status_old, status_new, error_message from ops.job_runs_audit order by id"
    ).fetchall()
    job = "scout_attribution_refresh"
    assert [row[:4] for row in rows] == [
        (1, job, None, "RUNNING"),
        (1, job, "RUNNING", "FAILED"),
        (2, job, None, "RUNNING"),
        (2, job, "RUNNING", "COMPLETED"),
    ]
    assert rows[1][4].startswith("Abandoned")
