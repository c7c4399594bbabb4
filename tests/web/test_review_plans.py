"""The queue of the review among many cases: the next ones and their counts are found without reading whole tables."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from control_tower.web.queries import review_cases as ask
from control_tower.web.sql_files import sql_text
from tests.web.test_list_orders import LEDGER, MANY, PERSONS, RECORDS, UNMATCHED

Connection = psycopg.Connection[Any]

FEW = 1_500
"""So many rows one question may read for 30 cases, among 60,000 rows of the tables that it looks into."""

CASES = """
insert into canon.review_cases (
    case_kind, case_key, person_key, source_table, source_pk, reason_code, since, probability, amount, currency,
    scout_ids, park_id
)
select
    'UNMATCHED', unmatched.source_table || '|' || unmatched.source_pk, null, unmatched.source_table,
    unmatched.source_pk, unmatched.reason_code, unmatched.created_at, unmatched.match_probability, 100, 'PEN',
    array[row_number() over () % 200], 'park' || row_number() over () % 50
from canon.identity_unmatched as unmatched
where unmatched.status = 'OPEN'
union all
select
    'CONFLICT', ledger.person_key::text, ledger.person_key, null, null, 'SEVERAL_SCOUTS', ledger.conflict_since, null,
    row_number() over () % 300, 'PEN', ledger.event_scout_ids, 'park' || row_number() over () % 50
from observational.lead_ledger as ledger
"""

EVERY = {
    "kinds": list(ask.CASE_KINDS), "reason_code": None, "scout_id": None, "park_id": None, "min_amount": None,
    "min_days": None,
}  # fmt: skip


@pytest.fixture
def many_cases(warehouse: Connection) -> Connection:
    """20,000 persons in conflict and 10,000 records without a person."""
    for statement in (RECORDS, UNMATCHED, PERSONS, LEDGER):
        warehouse.execute(statement.encode(), {"many": MANY})
    warehouse.execute(CASES.encode())
    warehouse.execute(
        "analyze canon.review_cases, canon.identity_unmatched, canon.records_index, observational.lead_ledger"
    )
    return warehouse


def rows_read(connection: Connection, file: str, **filters: Any) -> int:
    """How many rows the scans of a question brought, whether they are shown or not."""
    parameters = {**EVERY, **filters, "today": ask.local_today(), "skip": 0, "size": 30, "most": 100}
    statement = "explain (analyze, format json) " + sql_text(file)
    (plan,) = connection.execute(statement.encode(), parameters).fetchone() or ()

    def of(node: dict[str, Any]) -> float:
        found = sum(map(of, node.get("Plans", ())))
        if "Scan" in node["Node Type"] and "Relation Name" in node:
            removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
            found += (node["Actual Rows"] + removed) * node["Actual Loops"]
        return float(found)

    return round(of(plan[0]["Plan"]))


@pytest.mark.parametrize("file", [ask.QUEUE, ask.COUNTS])
@pytest.mark.parametrize(
    "filters",
    [{}, {"kinds": ["UNMATCHED"]}, {"scout_id": 7}, {"park_id": "park7"}, {"min_amount": 50}],
    ids=["all", "kind", "scout", "park", "amount"],
)
def test_the_next_cases_are_found_without_reading_whole_tables(
    many_cases: Connection, file: str, filters: dict[str, Any]
) -> None:
    assert 0 < rows_read(many_cases, file, **filters) < FEW
