"""Only source chunks with a changed digest are compared row by row, and no change is missed."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.identity import results, sources
from tests.pipeline import ingest

Warehouse = psycopg.Connection[Any]
LEADS = "module_ct_cabinet_leads"
FAR = 100_000
"""An id in another chunk than small ids."""


def unread(warehouse: Warehouse) -> set[tuple[str, int]]:
    """Chunks that the next run compares in any case."""
    return set(
        warehouse.execute("select source_table, chunk from canon.source_chunk_digests where not is_read").fetchall()
    )


def fleet(warehouse: Warehouse) -> None:
    """Two leads in different chunks, a scouting row, a migration and two driver accounts."""
    for row_id in (1, FAR):
        sources.lead(warehouse, f"l{row_id}", "Ana Torres", id=row_id, park_phone="987654321")
    sources.scouting(warehouse, 1, "Ana Torres", driver_phone="987654321")
    sources.driver(warehouse, "d1", full_name="Ana Torres", phone="987654321")
    sources.driver(warehouse, "d2", full_name="Luis Rojas", phone="912345678")
    sources.migration(warehouse, 1, "d2")


def test_what_a_run_has_read_is_not_compared_by_the_next(warehouse: Warehouse) -> None:
    fleet(warehouse)
    ingest()
    assert unread(warehouse) == set()
    # an unchanged chunk is not read: even a different index row is not noticed
    warehouse.execute("update canon.records_index set name_norm = 'X' where source_pk = 'l1'")
    sources.lead(warehouse, "new", "Eva Soto", id=FAR + 1)
    ingest()
    names = dict(warehouse.execute("select source_pk, name_norm from canon.records_index").fetchall())
    assert (names["l1"], names["new"]) == ("X", "EVA SOTO")

    ingest(incremental=False)
    assert warehouse.execute("select name_norm from canon.records_index where source_pk = 'l1'").fetchone() == (
        "ANA TORRES",
    ), "a full run reads everything again"


@pytest.mark.parametrize(
    ("table", "change", "index", "column"),
    [
        (LEADS, f"update public.{LEADS} set first_name = 'Eva Soto' where id = 1", "records_index", "name_norm"),
        ("drivers", "update public.drivers set full_name = 'Eva Soto'", "drivers_index", "full_name_norm"),
    ],
)
def test_a_row_written_again_is_read_again(
    warehouse: Warehouse, table: str, change: str, index: str, column: str
) -> None:
    fleet(warehouse)
    ingest()
    warehouse.execute(change.encode())
    ingest()
    assert warehouse.execute(
        f"select count(*) > 0 from canon.{index} where {column} = 'EVA SOTO'".encode()
    ).fetchone() == (True,)
    assert (table, 0) not in unread(warehouse)


@pytest.mark.parametrize(
    "loss",
    [
        "delete from canon.records_index where source_pk = 'l1'",
        "delete from canon.drivers_index where driver_id = 'd1'",
        "truncate canon.records_index",
        "truncate canon.drivers_index",
        "truncate canon.source_chunk_digests",  # as PostgreSQL does after a crash
    ],
)
def test_whatever_is_lost_from_an_index_is_read_again(warehouse: Warehouse, loss: str) -> None:
    fleet(warehouse)
    ingest()
    before = results.settled(warehouse)
    warehouse.execute(loss.encode())
    ingest()
    after = results.settled(warehouse)
    for table in ("canon.records_index", "canon.drivers_index", "canon.identity_links"):
        assert after[table] == before[table]
    assert unread(warehouse) == set()


def test_a_row_whose_key_another_holds_wins_it_once_the_other_gives_it_up(foreign: Warehouse) -> None:
    sources.lead(foreign, "twice", "Ana Torres", id=1)
    sources.lead(foreign, "twice", "Eva Soto", id=FAR)
    ingest()
    assert unread(foreign) == {(LEADS, FAR // 16)}, "it is compared again, though nobody writes it again"
    foreign.execute(f"delete from public.{LEADS} where id = 1".encode())
    ingest()
    assert foreign.execute("select name_norm from canon.records_index").fetchall() == [("EVA SOTO",)]
    assert unread(foreign) == set()


def test_accounts_that_were_left_for_later_are_read_later(warehouse: Warehouse) -> None:
    fleet(warehouse)
    ingest(refresh_index=False)
    assert warehouse.execute("select count(*) from canon.drivers_index").fetchone() == (0,)
    ingest()
    assert warehouse.execute("select count(*) from canon.drivers_index").fetchone() == (2,)
