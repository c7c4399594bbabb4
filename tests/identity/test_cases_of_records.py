"""Cases of records that wait for a human follow what changed in each run; the first of a day compares all."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.identity import sources
from tests.pipeline import ingest

Warehouse = psycopg.Connection[Any]


def cases(warehouse: Warehouse) -> set[str]:
    return {row[0] for row in warehouse.execute("select case_key from canon.review_cases")}


def spoil(warehouse: Warehouse) -> None:
    """Take a case away, and put one in that has no record."""
    warehouse.execute("delete from canon.review_cases where case_key = 'module_ct_cabinet_leads|a'")
    warehouse.execute(
        "insert into canon.review_cases (case_kind, case_key, source_table, source_pk, reason_code, since, scout_ids)"
        " values ('UNMATCHED', 'module_ct_cabinet_leads|gone', 'module_ct_cabinet_leads', 'gone', 'x', now(), '{}')"
    )


def test_what_is_otherwise_is_found_by_the_first_run_of_a_day_and_by_a_full_one(warehouse: Warehouse) -> None:
    for pk in "ab":
        sources.lead(warehouse, pk, "Ana Torres", park_phone="987654321")
    right = {"module_ct_cabinet_leads|a", "module_ct_cabinet_leads|b"}
    ingest()
    assert cases(warehouse) == right

    spoil(warehouse)
    ingest()
    assert cases(warehouse) == {"module_ct_cabinet_leads|gone", "module_ct_cabinet_leads|b"}, "a second run of the day"
    ingest(incremental=False)
    assert cases(warehouse) == right

    spoil(warehouse)
    warehouse.execute("update ops.ingestion_runs set started_at = started_at - interval '1 day'")
    ingest()
    assert cases(warehouse) == right, "the first run of a day"


def test_a_record_under_another_key_is_followed_by_the_same_run(warehouse: Warehouse) -> None:
    sources.scouting(warehouse, 1, "Ana Torres", driver_phone="987654321")
    ingest()
    warehouse.execute("update public.module_ct_scouting_daily set id = 5")

    ingest()

    assert cases(warehouse) == {"module_ct_scouting_daily|5"}


def test_what_was_written_outside_of_runs_is_followed_by_the_next(warehouse: Warehouse) -> None:
    sources.lead(warehouse, "a", "Ana Torres", park_phone="987654321")
    ingest()
    set_status = "update canon.identity_unmatched set status = %s"

    warehouse.execute(set_status, ["IGNORED"])
    ingest()
    assert cases(warehouse) == set()

    warehouse.execute(set_status, ["OPEN"])
    ingest()
    assert cases(warehouse) == {"module_ct_cabinet_leads|a"}
