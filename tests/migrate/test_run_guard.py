"""Links name the run that wrote them without a foreign key; no run that they name can disappear all the same."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.identity import sources
from tests.pipeline import ingest

Warehouse = psycopg.Connection[Any]


def test_a_run_that_wrote_a_link_or_an_unmatched_record_can_be_neither_deleted_nor_renumbered(
    warehouse: Warehouse,
) -> None:
    sources.driver(warehouse, "d1", full_name="Ana Torres Vega", phone="987654321")
    sources.lead(warehouse, "l1", "Ana Torres", park_phone="987654321")
    with_a_link = ingest()
    sources.lead(warehouse, "l2", "Luis Soto", park_phone="912345678")
    with_an_unmatched_record = ingest()
    for statement in (
        "delete from ops.ingestion_runs where id = %s",
        "update ops.ingestion_runs set id = id + 1000 where id = %s",
    ):
        for run_id in (with_a_link, with_an_unmatched_record):
            warehouse.execute("delete from ops.run_steps where run_id = %s", [run_id])
            warehouse.execute("delete from ops.check_results where run_id = %s", [run_id])
            with pytest.raises(psycopg.errors.ForeignKeyViolation, match=f"run {run_id} wrote links or unmatched"):
                warehouse.execute(statement, [run_id])  # type: ignore[arg-type]


def test_a_run_that_wrote_nothing_can_be_deleted(warehouse: Warehouse) -> None:
    row = warehouse.execute(
        "insert into ops.ingestion_runs (status, job_type, started_at) values ('FAILED', 'identity_run', now())"
        " returning id"
    ).fetchone()
    assert row is not None
    assert warehouse.execute("delete from ops.ingestion_runs where id = %s", [row[0]]).rowcount == 1


def test_no_foreign_key_is_checked_for_each_row_that_a_run_writes(warehouse: Warehouse) -> None:
    references = warehouse.execute(
        "select conrelid::regclass::text from pg_constraint where contype = 'f'"
        " and confrelid = 'ops.ingestion_runs'::regclass"
    ).fetchall()
    assert not {"canon.identity_links", "canon.identity_unmatched"} & {row[0] for row in references}
