"""Periods, statements, lines and payments are never changed; if a superuser changes one, the chain names the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import psycopg
import pytest

from control_tower import decisions
from control_tower.monitoring.checks import run_check
from control_tower.payments.statements import close_liquidation_period, mark_statement_paid
from control_tower.settings import get_settings
from tests.payments.dues import APPEND_ONLY, FEBRUARY, JANUARY, Dues
from tests.pipeline import attribute

Warehouse = psycopg.Connection[Any]

COLUMNS = {
    "ops.liquidation_periods": "reason = 'x'",
    "ops.scout_statements": "amount = 0",
    "ops.scout_statement_lines": "amount = 0",
    "ops.scout_statement_payments": "reference = 'x'",
}
CHAIN = "audit_chain_is_intact"


def a_paid_statement(warehouse: Warehouse) -> int:
    """January is closed and paid; returns the run that sealed it."""
    attribute()
    dues = Dues(warehouse)
    dues.due(1, "2026-01-05")
    dues.due(2, "2026-01-05", trips=5)
    dues.close(JANUARY)
    (statement,) = dues.rows("select * from ops.v_scout_statements")
    mark_statement_paid(statement["statement_id"], date(2026, 2, 3), "Yape 4711", author_name="rosa")
    return attribute()


@pytest.fixture(scope="module")
def after_paid_statement(told: Any) -> tuple[str, int]:
    """Name of that database, and the run that sealed it."""
    return told(a_paid_statement)  # type: ignore[no-any-return]


@pytest.fixture
def paid(copy_of: Callable[[str], Warehouse], after_paid_statement: tuple[str, int]) -> Warehouse:
    """A copy of that database."""
    return copy_of(after_paid_statement[0])


@pytest.fixture(params=["superuser", "owner", "control_tower_writer"])
def somebody(request: Any, paid: Warehouse) -> Iterator[Warehouse]:
    """A session of a role that may try to change a statement."""
    if request.param == "owner":
        paid.execute("create role plain_owner")
        for table in APPEND_ONLY:
            paid.execute(f"alter table {table} owner to plain_owner")  # type: ignore[arg-type]
        paid.execute("grant usage, create on schema ops to plain_owner")
    if request.param != "superuser":
        role = {"owner": "plain_owner"}.get(request.param, request.param)
        paid.execute(f"set role {role}")  # type: ignore[arg-type]
    yield paid
    paid.execute("reset role")
    if request.param == "owner":
        paid.execute("reassign owned by plain_owner to current_user; drop owned by plain_owner; drop role plain_owner")


def closed_rows(connection: Warehouse) -> list[list[tuple[Any, ...]]]:
    """The rows of the four tables, as text."""
    return [
        connection.execute(f"select row::text from {table} as row order by 1").fetchall()  # type: ignore[arg-type]
        for table in APPEND_ONLY
    ]


@pytest.mark.parametrize("is_replica", [False, True])
def test_what_was_closed_is_not_changed_by_anybody(somebody: Warehouse, is_replica: bool) -> None:
    if is_replica:
        (me,) = somebody.execute("select current_user").fetchone() or ("",)
        somebody.execute("reset role")
        somebody.execute("set session_replication_role = replica")
        somebody.execute(f"set role {me}")  # type: ignore[arg-type]
    before = closed_rows(somebody)
    for table in APPEND_ONLY:
        for statement in (
            f"update {table} set {COLUMNS[table]}",
            f"delete from {table}",
            f"truncate {table}",
            f"truncate {table} cascade",
        ):
            with pytest.raises((psycopg.errors.RestrictViolation, psycopg.errors.Error)) as refusal:
                somebody.execute(statement)  # type: ignore[arg-type]
            assert refusal.value.sqlstate in ("23001", "42501", "0A000"), statement
    assert closed_rows(somebody) == before


def broken_runs(connection: Warehouse) -> set[int]:
    """The runs that a full verification reports."""
    return {row[0] for row in connection.execute("select run_id from ops.v_audit_chain where is_intact is not true")}


@pytest.mark.parametrize(
    "change",
    [
        "update ops.liquidation_periods set period_end = period_end + 1",
        "update ops.scout_statements set amount = amount + 1",
        "update ops.scout_statement_lines set amount = amount + 1 where milestone_trips = 5",
        "delete from ops.scout_statement_lines where milestone_trips = 5",
        "update ops.scout_statement_payments set paid_on = paid_on + 1",
        "delete from ops.scout_statement_payments",
    ],
)
def test_what_a_superuser_changed_is_found(paid: Warehouse, after_paid_statement: tuple[str, int], change: str) -> None:
    assert broken_runs(paid) == set()
    (sealed,) = Dues(paid).rows("select * from ops.audit_chain where part = 'decisions'")
    # one decision, one period, one statement, two lines and one payment
    assert (sealed["run_id"], sealed["audit_rows"]) == (after_paid_statement[1], 6)
    for table in APPEND_ONLY:
        paid.execute(f"alter table {table} disable trigger append_only")  # type: ignore[arg-type]
    paid.execute(change.encode())
    assert broken_runs(paid) == {after_paid_statement[1]}


def test_what_is_closed_and_paid_later_is_sealed_by_the_next_run_and_breaks_no_seal(paid: Warehouse) -> None:
    dues = Dues(paid)
    dues.due(1, "2026-01-05")
    dues.due(2, "2026-02-05")
    dues.close(FEBRUARY)
    (statement,) = dues.rows("select * from ops.v_scout_statements where not is_paid")
    assert broken_runs(paid) == set()
    mark_statement_paid(statement["statement_id"], date(2026, 3, 3), "Yape 4712", author_name="rosa")
    attribute()
    rows = dues.rows("select audit_rows from ops.audit_chain where part = 'decisions' order by position")
    lines = dues.rows("select count(*) as lines from ops.v_scout_statement_lines where period_start = %s", FEBRUARY[0])
    assert [row["audit_rows"] for row in rows] == [6, 4 + lines[0]["lines"]]
    assert broken_runs(paid) == set()
    assert run_check(paid, CHAIN).status == "OK"


def test_lines_are_sealed_block_by_block_over_the_bounds_of_blocks(paid: Warehouse) -> None:
    dues = Dues(paid)
    dues.connection.execute("truncate canon.scout_payment_milestones")
    dues.connection.execute(
        "insert into canon.scout_payment_milestones select gen_random_uuid(), 1, 7, 'cabinet', 1, 'd', 'PEN', 20,"
        " '2026-01-01', '2026-01-02', '2026-02-09' from generate_series(1, 2500)"
    )
    dues.close(FEBRUARY)
    run = attribute()
    (sealed,) = dues.rows("select * from ops.audit_chain where part = 'decisions' and run_id = %s", run)
    # a decision, a period, a statement, 2500 lines earned and two of January taken back
    assert sealed["audit_rows"] == 2505
    assert broken_runs(paid) == set()
    paid.execute("alter table ops.scout_statement_lines disable trigger append_only")
    paid.execute(
        "update ops.scout_statement_lines set driver_id = 'x' where id = (select max(id)"
        " from ops.scout_statement_lines)"
    )
    assert broken_runs(paid) == {run}


def test_a_link_that_was_sealed_before_there_were_statements_still_holds(warehouse: Warehouse) -> None:
    dues = Dues(warehouse)
    warehouse.execute(
        "insert into ops.human_decisions (kind, reason, decided_by, decided_at)"
        " values ('revert_backfill', 'why', 'rosa', now())"
    )
    run = attribute()
    (link,) = dues.rows("select * from ops.audit_chain where part = 'decisions'")
    later = ("liquidation_periods", "scout_statement", "personal_data")
    older = {name: bounds for name, bounds in link["covers"].items() if not name.startswith(later)}
    assert len(older) == 4
    # as the earlier version wrote it: over the tables that it knew
    warehouse.execute("alter table ops.audit_chain disable trigger append_only")
    warehouse.execute(
        "update ops.audit_chain set covers = %(covers)s, hash = (select hash from ops.decisions_hash(%(covers)s,"
        " run_id, previous_hash)) where part = 'decisions'",
        {"covers": psycopg.types.json.Jsonb(older)},
    )
    warehouse.execute("delete from ops.audit_chain where position > %s", [link["position"]])
    warehouse.execute("alter table ops.audit_chain enable always trigger append_only")
    assert broken_runs(warehouse) <= {run}
    dues.due(1, "2026-01-05")
    dues.close(JANUARY)
    attribute()
    rows = dues.rows(
        "select covers, is_intact from ops.audit_chain join ops.v_audit_chain using (position, run_id)"
        " where ops.audit_chain.part = 'decisions' order by position"
    )
    assert [(len(row["covers"]), row["is_intact"]) for row in rows] == [(4, True), (9, True)]


def test_a_writer_closes_and_pays_and_a_reader_only_reads(
    warehouse: Warehouse, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    attribute()
    Dues(warehouse).due(1, "2026-01-05")
    uri = server.airflow_uri(warehouse.info.dbname)
    warehouse.execute("create role closing_writer login in role control_tower_writer")
    warehouse.execute("create role closing_reader login in role control_tower_reader")
    try:
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", uri.replace("postgres@", "closing_writer@", 1))
        get_settings.cache_clear()
        closing = close_liquidation_period(*JANUARY, "approved", author=decisions.Author("rosa"), dry_run=False)
        assert closing.totals[0]["amount"] == 20
        (statement,) = Dues(warehouse).rows("select * from ops.v_scout_statements")
        mark_statement_paid(statement["statement_id"], date(2026, 2, 3), "Yape 4711", author_name="rosa")
        attribute()
        assert broken_runs(warehouse) == set()
        warehouse.execute("set role closing_reader")
        for view in ("v_liquidation_periods", "v_scout_statements", "v_scout_statement_lines"):
            assert len(Dues(warehouse).rows(f"select * from ops.{view}")) == 1
        for table in APPEND_ONLY:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                warehouse.execute(f"select * from {table}")  # type: ignore[arg-type]
    finally:
        warehouse.execute("reset role")
        warehouse.execute("drop role closing_writer")
        warehouse.execute("drop role closing_reader")
