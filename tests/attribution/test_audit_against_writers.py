"""What the pipelines' role could add to the audit by hand is refused by the database, or found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from control_tower import decisions
from control_tower.monitoring.checks import run_check
from tests.attribution.datasets import LEADS, SCOUTING, event, person
from tests.identity.crashes import let_time_pass
from tests.identity.sources import scouting
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
CHECK = "audit_chain_is_intact"
LINKS_AUDIT = (
    "insert into ops.identity_links_backfill_audit ({}source_table, source_pk, match_method, match_confidence,"
    " action_type, ingestion_run_id) values ({}'module_ct_scouting_daily', '1', 'x', 'x', 'CREATED', {})"
)
DECISION = (
    "insert into ops.human_decisions ({}kind, reason, decided_by, decided_at) {}values ({}'resolve_scout_conflict',"
    " 'because', 'ana', {})"
)


def a_run_and_a_decision(warehouse: Warehouse) -> None:
    """Leave rows of a run in the audits, and a decision of a human."""
    scouting(warehouse, 1, "Ana Torres", driver_phone="987654321")
    ingest()
    key = person(warehouse, 1)
    event(warehouse, key, LEADS)
    event(warehouse, key, SCOUTING, 7)
    attribute()
    decisions.resolve_scout_conflict(key, 7, "the form", author=decisions.Author("ana"))
    attribute()


@pytest.fixture(scope="module")
def after_a_run(told: Any) -> str:
    """Name of a database in which there were a run and a decision."""
    name: str = told(a_run_and_a_decision)[0]
    return name


@pytest.fixture
def audited(copy_of: Callable[[str], Warehouse], after_a_run: str) -> Warehouse:
    """A warehouse with audit rows of runs 1 to 3, and a decision."""
    return copy_of(after_a_run)


def as_writer(connection: Warehouse, statement: str) -> None:
    """Run one statement as the role of the pipelines."""
    with connection.transaction():
        connection.execute("set local role control_tower_writer")
        connection.execute(statement)  # type: ignore[arg-type]


REFUSED = {
    "a verification at the end of time": "insert into ops.audit_verifications (up_to_position, is_full, verified_at)"
    " values (9000000, true, 'infinity')",
    "a link of the chain": "insert into ops.audit_chain (run_id, part, audit_rows, previous_hash, hash)"
    " values (9, 'states', 0, '', '')",
    "a state of a run": "insert into ops.job_runs_audit (run_id, status_new) values (1, 'COMPLETED')",
    "an audit row with a negative number": LINKS_AUDIT.format("id, ", "-5, ", "null"),
    "an audit row with a number far ahead": LINKS_AUDIT.format("id, ", "2147483647, ", "null"),
    "a decision with a negative number": DECISION.format("id, ", "overriding system value ", "-5, ", "now()"),
    "a decision in another's name at the database": DECISION.format("written_by, ", "", "'owner', ", "now()"),
    "a decision with a time of writing": DECISION.format("written_at, ", "", "'2020-01-01', ", "now()"),
    "a look at a person in the past": "insert into ops.personal_data_access (action, is_unmasked, seen_by, seen_at)"
    " values ('search', true, 'ana', '2020-01-01')",
    "a line of a statement with a number that hashing never reaches": "insert into ops.scout_statement_lines (id)"
    " overriding system value values (9223372036854775807)",
    "a number of a sequence": "select setval('ops.identity_links_backfill_audit_id_seq', 1)",
    "a seal of its own": "select ops.seal_decisions(99)",
    "a seal under the number of no run": "select ops.seal_audited_runs(-1)",
    "the list of earlier runs": "insert into ops.earlier_audit_runs values (999)",
}


@pytest.mark.parametrize("statement", list(REFUSED.values()), ids=list(REFUSED))
def test_a_writer_is_refused(audited: Warehouse, statement: str) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)):
        as_writer(audited, statement)
    assert run_check(audited, CHECK).status == "OK"


FOUND = {
    "an audit row of a run that there is not": (LINKS_AUDIT.format("", "", "999"), "UNKNOWN_RUN"),
    "an audit row under a negative run": (LINKS_AUDIT.format("", "", "-1"), "UNKNOWN_RUN"),
    "an audit row of an attribution run that ended": (LINKS_AUDIT.format("", "", "2"), "LINK_BROKEN"),
    "an audit row of an ingestion that ended": (LINKS_AUDIT.format("", "", "1"), "LINK_BROKEN"),
    "a decision of last year": (DECISION.format("", "", "", "now() - interval '1 year'"), "DECISION_MISDATED"),
    "a decision of next year": (DECISION.format("", "", "", "now() + interval '1 year'"), "DECISION_MISDATED"),
    "a run made and deleted": (
        "insert into ops.ingestion_runs (status) values ('COMPLETED'); delete from ops.ingestion_runs where id = 4",
        "UNKNOWN_RUN",
    ),
}


@pytest.mark.parametrize("name", list(FOUND))
def test_what_a_writer_adds_is_found_now_and_after_it_was_sealed(audited: Warehouse, name: str) -> None:
    statement, fault = FOUND[name]
    for part in statement.split("; "):
        as_writer(audited, part)
    audited.execute("alter table ops.audit_verifications disable trigger append_only")
    audited.execute("update ops.audit_verifications set verified_at = now() - interval '21 hours'")
    result = run_check(audited, CHECK)
    assert result.status == "FAILED"
    assert {offender["fault"] for offender in result.sample} == {fault}
    findings = audited.execute("select finding from ops.verify_audit() where not is_intact").fetchall()
    assert findings == [(fault,)]
    attribute(until="seal_audit")
    assert (fault,) in audited.execute("select finding from ops.verify_audit() where not is_intact").fetchall()


def test_a_run_that_a_writer_hides_from_the_seals_is_sealed_all_the_same(audited: Warehouse) -> None:
    as_writer(audited, "update ops.ingestion_runs set parameters = null where id = 3")
    as_writer(
        audited,
        "insert into ops.ingestion_runs (job_type, status, parameters) values ('identity_run', 'COMPLETED', null)",
    )
    attribute()
    attribute()
    unsealed = audited.execute(
        "select run.id from ops.ingestion_runs as run where run.id < (select max(id) from ops.ingestion_runs)"
        " and 2 <> (select count(*) from ops.audit_chain as link where link.run_id = run.id and part <> 'decisions')"
    ).fetchall()
    assert unsealed == []


def test_a_verification_ahead_of_time_or_of_the_chain_counts_for_nothing(audited: Warehouse) -> None:
    due = "select position, is_full_due from ops.audit_verification_due"
    before = audited.execute(due).fetchone()
    audited.execute(  # as an earlier version let the writer do
        "insert into ops.audit_verifications (up_to_position, is_full, verified_at)"
        " values (1, true, 'infinity'), (9000000, true, now())"
    )
    assert audited.execute(due).fetchone() == before


def test_a_decision_says_who_wrote_it_in_the_database_and_when(audited: Warehouse) -> None:
    as_writer(audited, DECISION.format("", "", "", "clock_timestamp()"))
    rows = audited.execute(
        "select written_by = session_user, abs(extract(epoch from written_at - decided_at)) < 5"
        " from ops.human_decisions"
    ).fetchall()
    assert rows == [(True, True), (True, True)]


def test_looks_at_personal_data_are_under_the_chain(audited: Warehouse) -> None:
    look = "insert into ops.personal_data_access (action, is_unmasked, seen_by) values ('search', true, 'ana')"
    for _ in range(3):
        as_writer(audited, look)
    sealing = attribute()
    assert audited.execute(
        "select audit_rows from ops.audit_chain where part = 'decisions' and run_id = %s", [sealing]
    ).fetchone() == (3,)
    assert run_check(audited, CHECK).status == "OK"
    audited.execute("alter table ops.personal_data_access disable trigger append_only")
    audited.execute("delete from ops.personal_data_access where id = 2")
    findings = audited.execute("select finding, run_id from ops.verify_audit() where not is_intact").fetchall()
    assert findings == [("LINK_BROKEN", sealing)]


def test_audit_rows_of_earlier_programs_are_under_the_chain_and_no_fault(
    established_database: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from control_tower.migrate import migrate

    established_database.query(
        "insert into ops.identity_links_backfill_audit (source_table, source_pk, match_method, match_confidence,"
        " action_type, ingestion_run_id) values ('drivers', '1', 'x', 'x', 'CREATED', 777777)"
    )
    migrate(established_database)
    with psycopg.connect(established_database, autocommit=True) as session:
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(session.info.dbname))
        ingest()
        attribute()
        assert run_check(session, CHECK).status == "OK"
        rows = session.execute(
            "select audit_rows from ops.audit_chain where run_id = 777777 and part = 'backfills'"
        ).fetchall()
        assert rows == [(1,)]
        session.execute("alter table ops.identity_links_backfill_audit disable trigger append_only")
        session.execute("delete from ops.identity_links_backfill_audit where ingestion_run_id = 777777")
        found = session.execute("select finding, run_id from ops.verify_audit() where not is_intact").fetchall()
        assert found == [("LINK_BROKEN", 777777)]


def test_a_run_that_was_killed_is_sealed_with_what_it_wrote(
    audited: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")
    killed = attribute(until="refresh_ledger")
    let_time_pass(audited)
    attribute()
    attribute()
    parts = audited.execute("select part from ops.audit_chain where run_id = %s order by part", [killed]).fetchall()
    assert parts == [("backfills",), ("states",)]
