"""What a page adds up when a process of the web is first asked for it: read once, and by an index."""

from __future__ import annotations

from typing import Any

import psycopg

from control_tower.web.queries import scouts
from tests.web.test_list_orders import LEDGER, PERSONS, rows_read

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
