"""Materialised views built on our tables are refreshed by a run, or the run names those that are not."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from control_tower import errors, runs
from control_tower.database import read_sql
from tests.identity import sources
from tests.pipeline import ingest

Warehouse = psycopg.Connection[Any]


@pytest.fixture
def one_link(warehouse: Warehouse) -> Warehouse:
    sources.driver(warehouse, "d1", full_name="Ana Torres Vega", phone="987654321")
    sources.lead(warehouse, "l1", "Ana Torres", park_phone="987654321")
    return warehouse


def one(warehouse: Warehouse, statement: str) -> Any:
    row = warehouse.execute(statement).fetchone()  # type: ignore[arg-type]
    return row[0] if row else None


def test_views_are_refreshed_after_those_that_they_are_built_on(one_link: Warehouse) -> None:
    # named so that the order of names would be wrong
    one_link.execute(
        "create materialized view public.c_first as select source_pk from canon.identity_links;"
        " create view ops.b_between as select count(*) as links from public.c_first;"
        " create materialized view ops.a_last as select links from ops.b_between;"
        " create materialized view public.unrelated as select count(*) as drivers from public.drivers;"
        " delete from public.drivers where driver_id = 'nobody'"
    )
    sources.driver(one_link, "d2")
    run_id = ingest()

    assert one(one_link, "select links from ops.a_last") == 2
    assert one(one_link, "select drivers from public.unrelated") == 1, "not ours to refresh"
    detail = one(
        one_link, f"select detail from ops.run_steps where run_id = {run_id} and step = 'refresh_materialised_views'"
    )
    assert detail["views"] >= 2, "others of the package may depend on our tables, too"


def test_a_view_with_a_unique_index_can_be_read_while_it_is_refreshed(one_link: Warehouse) -> None:
    one_link.execute(
        "create materialized view public.mv as select source_table, source_pk from canon.identity_links;"
        " create unique index on public.mv (source_table, source_pk)"
    )
    with psycopg.connect(one_link.info.dsn) as reader:
        reader.execute("select * from public.mv")  # its transaction would stop a refresh that locks readers out
        ingest()
    assert one(one_link, "select count(*) from public.mv") == 2


def test_only_a_view_that_never_held_a_row_and_that_nobody_reads_is_filled_plainly(one_link: Warehouse) -> None:
    for name, condition in (("filled", "true"), ("empty", "false")):
        one_link.execute(
            f"create materialized view public.{name} as"  # type: ignore[arg-type]
            f" select source_table, source_pk from canon.identity_links where {condition};"
            f" create unique index on public.{name} (source_table, source_pk)"
        )

    def files() -> list[Any]:  # a refresh that leaves readers alone writes into the file that is there
        return [one(one_link, f"select pg_relation_filenode('public.{name}')") for name in ("filled", "empty")]

    new = files()
    ingest()
    first = files()
    assert all(was != now for was, now in zip(new, first, strict=True))

    sources.lead(one_link, "l2", "Ana Torres Vega", park_phone="987654321")
    ingest()
    assert files() == first
    assert one(one_link, "select count(*) from public.filled") == 3


@pytest.mark.parametrize("where", ["where source_table = 'drivers'", ""])
def test_a_view_that_cannot_be_refreshed_beside_its_readers_is_refreshed_all_the_same(
    one_link: Warehouse, where: str
) -> None:
    one_link.execute(
        "create materialized view public.mv as select source_table, source_pk from canon.identity_links with no data;"
        f" create unique index on public.mv (source_pk) {where}"  # type: ignore[arg-type]
    )
    ingest()
    assert one(one_link, "select count(*) from public.mv") == 2


def test_a_view_that_fails_makes_the_run_fail_by_name_and_the_others_are_fresh(one_link: Warehouse) -> None:
    one_link.execute(
        "create materialized view public.a_broken as select 1 / (1 - count(*)) as x from canon.identity_links"
        " where source_table <> 'drivers';"
        " create materialized view public.b_sound as select count(*) as links from canon.identity_links"
    )
    with pytest.raises(errors.RefreshFailed, match=r"public\.a_broken: .*division by zero") as failed:
        ingest()

    assert "b_sound" not in str(failed.value)
    assert str(failed.value).count("Next: ") == 1
    assert one(one_link, "select links from public.b_sound") == 2
    steps = {row[0] for row in one_link.execute("select step from ops.run_steps")}
    assert "finish_batch" in steps
    assert "refresh_materialised_views" not in steps, "close_run finds that it is missing and fails the run"


def refreshes(warehouse: Warehouse, run_id: int) -> Any:
    return one(
        warehouse, f"select detail from ops.run_steps where run_id = {run_id} and step = 'refresh_materialised_views'"
    )


def count_writes_at_once(warehouse: Warehouse) -> None:
    """PostgreSQL reports a session's writes up to ten seconds late, which costs at most a needless refresh."""
    warehouse.execute("select pg_stat_force_next_flush()")


def test_a_view_whose_tables_nobody_wrote_to_is_left_alone_until_the_next_day_begins(one_link: Warehouse) -> None:
    one_link.execute(
        "create materialized view public.mv as"
        " select source_pk, (select count(*) from public.drivers) as drivers from canon.identity_links"
    )
    count_writes_at_once(one_link)
    first = refreshes(one_link, ingest())
    assert first["unchanged"] == 0
    everything = first["views"]

    assert refreshes(one_link, ingest()) == {"views": 0, "unchanged": everything}

    sources.driver(one_link, "d2")
    count_writes_at_once(one_link)
    run_id = ingest()
    assert one(one_link, "select max(drivers) from public.mv") == 2, "also what it reads besides our tables"
    assert refreshes(one_link, run_id)["views"] >= 1

    assert refreshes(one_link, ingest()) == {"views": 0, "unchanged": everything}
    one_link.execute("update ops.materialised_view_refreshes set local_day = local_day - 1")
    assert refreshes(one_link, ingest()) == {"views": everything, "unchanged": 0}


def test_a_view_that_failed_is_refreshed_by_the_next_run_although_nothing_was_written(one_link: Warehouse) -> None:
    one_link.execute(
        "create table public.divisor as select 1 as x;"
        " create materialized view public.mv as select 1 / x as y from public.divisor, canon.identity_links;"
        " update public.divisor set x = 0"
    )
    for _ in range(2):
        with pytest.raises(errors.RefreshFailed):
            ingest()
        # as the callback of the failed task does
        runs.fail_run(one(one_link, "select max(id) from ops.ingestion_runs"), "a view failed")
    one_link.execute("update public.divisor set x = 1")
    ingest()
    assert one(one_link, "select count(*) from public.mv") == 2


def test_what_was_written_to_a_source_behind_its_functions_is_seen(one_link: Warehouse) -> None:
    ingest()
    one_link.execute(
        "create materialized view public.mv as select scout.raw_name"
        " from ops.v_dim_scouts as scout cross join canon.identity_links as link"
    )

    def writes_seen() -> Any:
        one_link.execute("select pg_stat_force_next_flush()")
        ((found,),) = [
            row[5:6]
            for row in one_link.execute(read_sql("jobs/dependent_materialized_views.sql"), {"run_id": 1})
            if row[1] == "mv"
        ]
        return found

    before = writes_seen()
    assert writes_seen() == before
    one_link.execute("insert into public.module_ct_scouts_list (id, scout_id, raw_name) values (1, 7, 'Rosa')")
    assert writes_seen() != before
