"""The money views of an empty database have the columns that readers of an established one know."""

from __future__ import annotations

import psycopg
import pytest

COLUMNS = """
    select attname::text, format_type(atttypid, atttypmod) from pg_attribute
    where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum
"""
EXACT = [
    "observational.v_conversion_metrics",
    "ops.v_payment_calculation",
    "ops.v_cabinet_milestones_achieved_from_payment_calc",
    "ops.v_yango_payments_raw_current",
    "ops.v_yango_payments_ledger_latest",
]
LEADING = [
    "ops.v_cabinet_financial_14d",
    "ops.mv_cabinet_financial_14d",
    "ops.v_yango_payments_ledger_latest_enriched",
    "ops.v_claims_payment_status_cabinet",
    "ops.v_yango_cabinet_claims_for_collection",
    "ops.mv_yango_cabinet_claims_for_collection",
    "ops.v_dim_scouts",
    "ops.v_yango_collection_with_scout",
    "ops.v_scout_payment_base",
]


def columns_of(uri: str, view: str) -> list[tuple[str, str]]:
    with psycopg.connect(uri) as connection:
        return connection.execute(COLUMNS, [view]).fetchall()


@pytest.mark.parametrize("view", EXACT + LEADING)
def test_names_types_and_order_are_those_of_an_established_database(
    view: str, server, migrated_template: str, established_template: str
) -> None:
    known = columns_of(server.uri(established_template), view)
    ours = columns_of(server.uri(migrated_template), view)

    assert known
    assert (ours if view in EXACT else ours[: len(known)]) == known
