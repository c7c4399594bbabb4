"""What a page adds up when a process of the web is first asked for it: read once, and by an index."""

from __future__ import annotations

from typing import Any

import psycopg

from control_tower.web.queries import scouts
from control_tower.web.sql_files import sql_text
from tests.plans import Plans, nodes
from tests.web.test_list_orders import LEDGER, LINKS, PERSONS, RUNS, rows_read

Warehouse = psycopg.Connection[Any]
MANY = 2_000

EVENTS = """
insert into observational.lead_events (source_table, source_pk, event_date, person_key, scout_id)
select 'module_ct_scouting_daily', 's' || n, '2026-01-01', md5(n::text)::uuid, n %% 200
from generate_series(1, %(many)s) as n
"""
"""Of two hundred scouts; each puts its person into the queue of attribution."""


def test_persons_that_wait_for_attribution_are_looked_up_once_for_all_scouts(warehouse: Warehouse) -> None:
    for statement in (PERSONS, LEDGER, EVENTS):
        warehouse.execute(statement.encode(), {"many": MANY})
    warehouse.execute("analyze observational.lead_ledger, observational.lead_events, canon.attribution_queue")
    assert warehouse.execute("select count(*) from canon.attribution_queue").fetchone() == (MANY,)
    filters = {"q": None, "is_active": None, "signals_only": False}
    assert rows_read(warehouse, scouts.SCOUTS, filters, "scout_id") < 20 * MANY
    rows = warehouse.execute("select scout_id, open_conflicts from ops.v_scouts order by scout_id").fetchall()
    assert rows == [(scout, MANY // 200) for scout in range(200)]


def test_links_are_counted_by_probability_in_an_index(warehouse: Warehouse) -> None:
    for statement in (PERSONS, RUNS, LINKS):
        warehouse.execute(statement.encode(), {"many": 10 * MANY})
    warehouse.execute("update canon.identity_links set match_probability = 0.99 + (id % 100) / 10000.0")
    warehouse.execute("vacuum analyze canon.identity_links")
    plans = Plans(warehouse)
    rows = warehouse.execute(sql_text("web/identity/calibration.sql").encode()).fetchall()
    assert rows
    (plan,) = plans.found
    scans = [node["Node Type"] for node in nodes(plan["Plan"]) if node.get("Relation Name") == "identity_links"
             and node["Actual Loops"] > 0]  # fmt: skip
    assert set(scans) == {"Index Only Scan"}
