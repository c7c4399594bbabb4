"""What a decision reads does not grow with the fleet: no statement reads a whole table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from control_tower import decisions
from control_tower.operators import shared_session
from tests.decisions.state import ROSA, person_of
from tests.identity.sources import driver, lead, scouting
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
ANA, LUZ = "Ana Lucia Torres Vega", "Luz Marina Quispe Rojas"
LEADS = "module_ct_cabinet_leads"
OTHERS = 3_000
"""Persons that no decision is about."""

MOST_ROWS = 300
"""Rows of one table that the statements of one decision may read by indexes: those of a few persons, several times."""

SMALL = {
    "canon.scout_payment_totals",  # a row per scout and state of payments
    "canon.read_model_refreshes",
    "canon.match_weights",
    "ops.scout_payment_rules",
    "ops.partner_payment_rules",
}
"""Tables that do not grow with the fleet, and are read as a whole."""

CROWD = """
insert into canon.identity_registry (person_key, confidence_level)
select md5('other ' || n)::uuid, 'HIGH' from generate_series(1, %(others)s) as n;
insert into canon.identity_links (
    person_key, source_table, source_pk, snapshot_date, match_rule, match_score, confidence_level, evidence, linked_at
)
select md5('other ' || n)::uuid, source, source || n, now(), 'R1_PHONE_EXACT', 95, 'HIGH', '{}', now()
from generate_series(1, %(others)s) as n
cross join unnest(array['drivers', 'module_ct_cabinet_leads']) as source;
insert into observational.lead_events (source_table, source_pk, event_date, person_key, scout_id, payload_json)
select 'module_ct_cabinet_leads', 'module_ct_cabinet_leads' || n, '2026-10-01', md5('other ' || n)::uuid, 7,
    '{"origin_tag": "cabinet"}'
from generate_series(1, %(others)s) as n;
insert into observational.lead_ledger (
    person_key, attributed_source, attributed_scout_id, attribution_rule, attribution_score, confidence_level,
    decision_status
)
select md5('other ' || n)::uuid, 'scouting', 7, 'A', 1, 'high', 'assigned' from generate_series(1, %(others)s) as n;
insert into canon.scout_payments (
    person_key, scout_id, milestone_reached, eligible_7d, amount_payable, payment_status, currency
)
select md5('other ' || n)::uuid, 7, 0, false, 0, 'PENDING', 'PEN' from generate_series(1, %(others)s) as n;
"""


@pytest.fixture
def crowded(warehouse: Warehouse) -> Warehouse:
    """Ana, whom two scouts claim, a lead without a person, and thousands of others."""
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    driver(warehouse, "d2", full_name=LUZ, phone="987111222")
    scouting(warehouse, 1, ANA, driver_phone="987654321", scout_id=7)
    scouting(warehouse, 2, ANA, driver_phone="987654321", scout_id=8)
    lead(warehouse, "l1", ANA, park_phone="912345670")
    lead(warehouse, "l2", LUZ, park_phone="987111222")
    ingest()
    attribute()
    for statement in CROWD.split(";\n"):
        if statement.strip():
            warehouse.execute(statement.encode(), {"others": OTHERS})
    warehouse.execute("analyze")
    return warehouse


def whole_reads(connection: Warehouse, decide: Callable[[], object]) -> dict[str, tuple[int, int]]:
    """Tables of which a decision read more than a few persons' rows: by scans of the table, and by indexes.

    Whatever can be looked up by an index is, as it would be in a large table: in one of 3,000 rows the planner prefers
    to read all of them for a temporary table of which it knows nothing.
    """
    for way in ("seqscan", "mergejoin", "hashjoin"):
        connection.execute(f"set enable_{way} = off".encode())
    # what earlier statements of the session read would count, too, until it is reported
    connection.execute("select pg_stat_force_next_flush()")
    with connection.transaction(force_rollback=True), shared_session(connection):
        decide()
        found = connection.execute(
            "select schemaname || '.' || relname, seq_tup_read, coalesce(idx_tup_fetch, 0)"
            " from pg_stat_xact_user_tables where schemaname in ('canon', 'observational', 'ops')"
        ).fetchall()
    return {
        table: (scanned, fetched)
        for table, scanned, fetched in found
        if table not in SMALL and (scanned > MOST_ROWS or fetched > MOST_ROWS)
    }


def test_no_decision_reads_a_table_that_grows_with_the_fleet(crowded: Warehouse) -> None:
    ana, luz = person_of(crowded, "1"), person_of(crowded, "l2")
    assert ana is not None
    assert luz is not None

    def scout() -> int:
        return decisions.resolve_scout_conflict(ana, 8, "form", author=ROSA).id

    def link() -> int:
        return decisions.resolve_unmatched_lead(LEADS, "l1", driver_id="d1", reason="called", author=ROSA).id

    def ignore() -> int:
        return decisions.resolve_unmatched_lead(
            LEADS, "l2", ignore=True, replace_link=True, reason="test", author=ROSA
        ).id

    def undo_scout() -> object:
        return decisions.resolve_scout_conflict(ana, undo_decision=scout(), reason="no", author=ROSA)

    def undo_link() -> object:
        return decisions.resolve_unmatched_lead(LEADS, "l1", undo_decision=link(), reason="no", author=ROSA)

    def undo_ignore() -> object:
        return decisions.resolve_unmatched_lead(LEADS, "l2", undo_decision=ignore(), reason="no", author=ROSA)

    for decide in (scout, link, ignore, undo_scout, undo_link, undo_ignore):
        assert whole_reads(crowded, decide) == {}, decide.__name__


def test_totals_of_payments_are_those_of_a_recount(crowded: Warehouse) -> None:
    ana = person_of(crowded, "1")
    assert ana is not None
    recount = (
        "select scout_id, payment_status, block_reason, milestone_reached, origin_tag, currency, count(*),"
        " sum(amount_payable) from canon.scout_payments group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6"
    )
    totals = "select * from canon.scout_payment_totals order by 1, 2, 3, 4, 5, 6"
    crowded.execute("insert into canon.scout_payment_totals (scout_id, payment_status, milestone_reached, currency,"
                    " persons, amount) values (7, 'PENDING', 0, 'PEN', %s, 0)", [OTHERS])  # fmt: skip
    assert crowded.execute(totals.encode()).fetchall() == crowded.execute(recount.encode()).fetchall()
    first = decisions.resolve_scout_conflict(ana, 8, "form", author=ROSA)
    assert crowded.execute(totals.encode()).fetchall() == crowded.execute(recount.encode()).fetchall()
    decisions.resolve_scout_conflict(ana, undo_decision=first.id, reason="no", author=ROSA)
    assert crowded.execute(totals.encode()).fetchall() == crowded.execute(recount.encode()).fetchall()
