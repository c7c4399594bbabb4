"""Audit rows cannot be changed; if a superuser changes one, the chain names the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from control_tower import decisions
from control_tower.errors import ChecksFailed
from control_tower.monitoring.checks import run_check
from tests.attribution.datasets import AUDITS, LEADS, SCOUTING, event, person
from tests.identity.crashes import let_time_pass
from tests.identity.sources import scouting
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
CHECK = "audit_chain_is_intact"
APPEND_ONLY = (*AUDITS, "ops.job_runs_audit", "ops.audit_chain", "ops.audit_verifications")


def two_runs(warehouse: Warehouse) -> None:
    """Leave rows of two runs (2 and 4) in the three backfill audits, the states and the chain."""
    for run in (1, 2):
        scouting(warehouse, run, "Ana Torres", driver_phone=f"98765432{run}")
        ingest()
        key = person(warehouse, run)
        event(warehouse, key, LEADS)
        event(warehouse, key, SCOUTING, 7)
        attribute()
    for table in APPEND_ONLY:
        assert warehouse.execute(f"select count(*) from {table}").fetchone()[0] >= 2, table  # type: ignore[arg-type,index]


@pytest.fixture(scope="module")
def after_two_runs(told: Any) -> str:
    """Name of a database in which there were two runs."""
    return told(two_runs)[0]


@pytest.fixture
def audited(copy_of: Callable[[str], Warehouse], after_two_runs: str) -> Warehouse:
    """A warehouse whose audits hold rows of two runs (2 and 4)."""
    return copy_of(after_two_runs)


@pytest.fixture(params=["superuser", "owner", "control_tower_writer"])
def somebody(request: Any, audited: Warehouse) -> Iterator[Warehouse]:
    """A session of a role that may try to change the audit."""
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
        "ops.audit_verifications": "is_full = true",
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


def change_as_superuser(connection: Warehouse, change: str) -> None:
    """What only a superuser can do."""
    for table in (*APPEND_ONLY, "ops.human_decisions"):
        connection.execute(f"alter table {table} disable trigger append_only")  # type: ignore[arg-type]
    connection.execute(change)  # type: ignore[arg-type]


def broken_runs(connection: Warehouse) -> set[int]:
    """The runs that a full verification reports."""
    return {row[0] for row in connection.execute("select run_id from ops.v_audit_chain where is_intact is not true")}


def last_full_verification_was(connection: Warehouse, hours: float) -> None:
    """Move the latest verification back by that many hours."""
    connection.execute("alter table ops.audit_verifications disable trigger append_only")
    connection.execute(
        "update ops.audit_verifications set verified_at = now() - make_interval(secs => %s * 3600)", [hours]
    )
    connection.execute("alter table ops.audit_verifications enable always trigger append_only")


@pytest.mark.parametrize("change", list(CHANGES))
def test_what_a_superuser_changed_is_found_and_the_run_named(audited: Warehouse, change: str) -> None:
    assert run_check(audited, CHECK).status == "OK"
    assert broken_runs(audited) == set()
    change_as_superuser(audited, CHANGES[change])
    assert 2 in broken_runs(audited)
    last_full_verification_was(audited, hours=20)
    found = run_check(audited, CHECK)
    assert found.status == "FAILED"
    assert 2 in {offender["run_id"] for offender in found.sample}


def test_a_run_verifies_what_was_sealed_since_and_everything_once_a_day(audited: Warehouse) -> None:
    def hashed() -> list[int]:
        rows = audited.execute("select position from ops.v_audit_chain_due where is_hashed order by position")
        return [row[0] for row in rows]

    everything = [row[0] for row in audited.execute("select position from ops.audit_chain order by position")]
    assert len(everything) >= 4
    assert hashed() == []
    fulls = audited.execute("select is_full from ops.audit_verifications order by id").fetchall()
    assert fulls == [(True,), (False,), (False,)]
    scouting(audited, 3, "Ana Torres", driver_phone="987654323")
    ingest()
    attribute(until="seal_audit")
    new = [
        row[0] for row in audited.execute("select position from ops.audit_chain where position > %s", [everything[-1]])
    ]
    assert new
    assert hashed() == new
    last_full_verification_was(audited, hours=19.99)
    assert hashed() == new
    last_full_verification_was(audited, hours=20)
    assert hashed() == everything + new


def test_a_broken_chain_is_never_noted_as_verified_and_stays_red(audited: Warehouse) -> None:
    change_as_superuser(audited, CHANGES["a state changed"])
    last_full_verification_was(audited, hours=21)
    before = audited.execute("select count(*) from ops.audit_verifications").fetchone()
    for _ in range(2):
        with pytest.raises(ChecksFailed, match=CHECK):
            attribute()
        audited.execute("update ops.ingestion_runs set status = 'FAILED' where status = 'RUNNING'")
    assert audited.execute("select count(*) from ops.audit_verifications").fetchone() == before


DECIDED = {
    "a reason changed": "update ops.human_decisions set reason = 'x' where kind = 'resolve_scout_conflict'",
    "a decision taken away": "delete from ops.human_decisions where kind = 'revert_backfill' and id = ("
    "select max(id) from ops.human_decisions)",
    "the audit of a decision changed": "update ops.lead_ledger_scout_backfill_audit set new_attributed_scout_id = 8"
    " where backfill_method = 'MANUAL_DECISION'",
    "the audit of a revert changed": "update ops.lead_ledger_scout_backfill_audit set notes = 'x'"
    " where backfill_method = 'REVERTED'",
    "the audit of a revert taken away": "delete from ops.lead_events_scout_backfill_audit"
    " where action_type = 'REVERTED'",
}


@pytest.mark.parametrize("change", list(DECIDED))
def test_human_decisions_and_reverts_are_sealed_by_the_next_run(audited: Warehouse, change: str) -> None:
    author = decisions.Author("ana")
    decisions.resolve_scout_conflict(person(audited, 1), 7, "the form", author=author)
    decisions.revert_backfill(4, "wrong file", author=author, dry_run=False)
    sealing = attribute()
    assert attribute() != sealing
    parts = audited.execute("select run_id, audit_rows from ops.audit_chain where part = 'decisions'").fetchall()
    counted = audited.execute(
        "select (select count(*) from ops.human_decisions)"
        " + (select count(*) from ops.identity_links_backfill_audit where ingestion_run_id is null)"
        " + (select count(*) from ops.lead_events_scout_backfill_audit where ingestion_run_id is null)"
        " + (select count(*) from ops.lead_ledger_scout_backfill_audit where ingestion_run_id is null)"
    ).fetchone()
    assert counted is not None
    assert parts == [(sealing, counted[0])]
    assert broken_runs(audited) == set()
    change_as_superuser(audited, DECIDED[change])
    assert broken_runs(audited) == {sealing}


def test_what_is_decided_later_breaks_no_seal(audited: Warehouse) -> None:
    author = decisions.Author("ana")
    for reason in ("the form", "the form and a call"):
        decisions.resolve_scout_conflict(person(audited, 1), 7, reason, author=author)
        assert broken_runs(audited) == set()
        attribute()
        assert broken_runs(audited) == set()
    rows = audited.execute("select audit_rows from ops.audit_chain where part = 'decisions'").fetchall()
    assert rows == [(2,), (2,)]


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
