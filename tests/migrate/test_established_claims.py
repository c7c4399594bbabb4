"""Claims of an established database, whose own views have neither a currency nor candidates nor lists of payments."""

from __future__ import annotations

from typing import Any

import psycopg

from control_tower import runs
from control_tower.migrate import migrate
from tests.pipeline import run_step

STEPS = ("record_partner_payments", "refresh_materialised_views", "refresh_partner_claims")
CLAIMS = """
select driver_id, milestone_value, expected_amount, currency, yango_payment_status, candidate_driver_ids
from ops.v_yango_collection_list order by 1, 2
"""
VIEWS = """
select relname::text, pg_get_viewdef(oid)
from pg_class where relkind in ('v', 'm') and relname like '%yango%' order by 1
"""


def refresh(uri: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("select pg_stat_force_next_flush()")
    run_id = runs.open_run("scout_attribution_refresh")
    for step in STEPS:
        run_step("scout_attribution_refresh", step, run_id)
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("update ops.ingestion_runs set status = 'COMPLETED', completed_at = now()")


def test_its_claims_are_in_the_usual_currency_and_their_changes_are_told(
    established_database: Any, server: Any, monkeypatch: Any
) -> None:
    # D1 reached 1 and 5 trips (25 and 35), of which 25 is paid, D2 reached 1 trip (25).
    database = psycopg.conninfo.conninfo_to_dict(established_database)["dbname"]
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(str(database)))
    migrate(established_database)
    views = established_database.query(VIEWS)

    refresh(established_database)
    refresh(established_database)

    rows = established_database.query(CLAIMS)
    assert [(*row[:2], int(row[2]), *row[3:]) for row in rows] == [
        ("D1", 1, 25, "PEN", "PAID", None),
        ("D1", 5, 35, "PEN", "UNPAID", None),
        ("D2", 1, 25, "PEN", "UNPAID", None),
    ]
    assert established_database.query("select count(*) from ops.claim_changes") == [(0,)]

    established_database.query("delete from canon.identity_links where source_pk = 'D1'")
    refresh(established_database)

    changes = "select driver_id, milestone_value, change, reason_code from ops.v_claim_changes order by 1, 2"
    assert established_database.query(changes) == [
        ("D1", 1, "DISAPPEARED", "LINK_LOST"),
        ("D1", 5, "DISAPPEARED", "LINK_LOST"),
    ]
    lost = "select driver_id, milestone_value, expected_amount::int, currency, reason_code from {}"
    assert established_database.query(lost.format("ops.v_payments_without_claim")) == [
        ("D1", 1, 25, "PEN", "LINK_LOST")
    ]
    migrate(established_database)
    assert established_database.query(VIEWS) == views
