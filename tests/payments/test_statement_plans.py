"""Closing costs little more than writing its lines, and pages read statements by an index."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import psycopg
import pytest

from tests.payments.dues import JANUARY, Dues
from tests.pipeline import attribute

Warehouse = psycopg.Connection[Any]

LINES = 50_000
MILESTONES = (
    "insert into canon.scout_payment_milestones select gen_random_uuid(), 1, 1 + n %% %(scouts)s, 'cabinet', 1,"
    " 'driver ' || n, 'PEN', 20, '2026-01-01', '2026-01-02', date '2026-01-09' + n %% %(days)s"
    " from generate_series(1, %(rows)s) as n"
)


def test_closing_costs_at_most_three_times_a_plain_insert_of_its_lines(
    dues: Dues, figure: Callable[[str], None]
) -> None:
    dues.connection.execute(MILESTONES, {"scouts": 100, "days": 20, "rows": LINES})
    dues.connection.execute("analyze canon.scout_payment_milestones")
    started = time.perf_counter()
    dues.close(JANUARY)
    closing = time.perf_counter() - started

    columns = (
        "statement_id, kind, reason_code, corrects_line_id, person_key, rule_id, origin_tag, milestone_trips,"
        " driver_id, lead_date, achieved_date, payable_date, amount"
    )
    dues.connection.execute(f"create temporary table same_lines as select {columns} from ops.scout_statement_lines")  # type: ignore[arg-type]
    plain = []
    for _ in range(2):
        with dues.connection.transaction(force_rollback=True):
            started = time.perf_counter()
            dues.connection.execute(
                f"insert into ops.scout_statement_lines ({columns}) select * from same_lines"  # type: ignore[arg-type]
            )
            dues.connection.execute("set constraints all immediate")
            plain.append(time.perf_counter() - started)
    ratio = closing / max(plain)
    figure(f"closing {LINES:,} lines: {closing:.2f} s, {ratio:.1f} times a plain insert ({max(plain):.2f} s)")
    assert ratio < 3


def close_six_periods(warehouse: Warehouse) -> None:
    """Six periods with a thousand statements each."""
    attribute()
    dues = Dues(warehouse)
    dues.connection.execute(MILESTONES, {"scouts": 1000, "days": 170, "rows": 20_000})
    for month in range(1, 7):
        dues.close((date(2026, month, 1), date(2026, month, 28)))
    dues.connection.execute("analyze ops.scout_statements, ops.scout_statement_lines, ops.liquidation_periods")


@pytest.fixture(scope="module")
def after_six_periods(told: Any) -> str:
    """Name of that database."""
    return str(told(close_six_periods)[0])


@pytest.fixture
def many_statements(copy_of: Callable[[str], Warehouse], after_six_periods: str) -> Dues:
    """A copy of that database."""
    return Dues(copy_of(after_six_periods))


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


@pytest.mark.parametrize(
    "query",
    [
        "select * from ops.v_scout_statements where period_id = 3 order by scout_id, currency limit 50",
        "select * from ops.v_scout_statements where scout_id = 17 order by period_id desc",
        "select * from ops.v_scout_statements where statement_id = 2017",
        "select * from ops.v_scout_statement_lines where statement_id = 2017 order by line_id limit 50",
        "select * from ops.v_scout_statement_lines where line_id = 2017",
    ],
)
def test_a_page_reads_an_index_and_no_table(many_statements: Dues, query: str) -> None:
    rows = many_statements.rows(query)
    assert rows
    (explained,) = many_statements.connection.execute(f"explain (format json) {query}".encode()).fetchone() or ([],)
    scanned = {node.get("Relation Name") for node in nodes(explained[0]["Plan"]) if node["Node Type"] == "Seq Scan"}
    assert not scanned & {"scout_statements", "scout_statement_lines"}, scanned
