"""When statistics are gathered for the planner, and from how much."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from control_tower.operators import run_statements
from control_tower.statistics import analysed_table, gather_statistics, written_table

Warehouse = psycopg.Connection[Any]


@pytest.fixture
def day(warehouse: Warehouse) -> Warehouse:
    """A warehouse with a table of 10,000 rows whose statistics are known, and a working one of as many."""
    warehouse.execute("create table public.kept as select at, at % 7 as weekday from generate_series(1, 10000) as at")
    warehouse.execute("analyze public.kept")
    warehouse.execute("create unlogged table public.working as select at from generate_series(1, 10000) as at")
    warehouse.execute("analyze public.working")
    return warehouse


@pytest.mark.parametrize(("touched", "is_worth_it"), [(999, False), (1000, True), (1001, True)])
def test_a_table_that_keeps_its_rows_is_analysed_from_a_tenth_of_them_on(
    day: Warehouse, touched: int, is_worth_it: bool
) -> None:
    assert gather_statistics(day, "analyze public.kept (weekday);", touched) is is_worth_it


@pytest.mark.parametrize(("touched", "is_worth_it"), [(499, False), (500, True), (501, True)])
def test_a_working_table_is_analysed_from_500_rows_on_however_many_it_held(
    day: Warehouse, touched: int, is_worth_it: bool
) -> None:
    assert gather_statistics(day, "analyze public.working", touched) is is_worth_it


def test_a_table_that_was_never_analysed_is(warehouse: Warehouse) -> None:
    warehouse.execute("create table public.never as select at from generate_series(1, 500) as at")
    assert gather_statistics(warehouse, "analyze public.never", 500)


def test_a_table_is_sampled_less_and_what_the_session_analyses_itself_as_always(day: Warehouse) -> None:
    with day.transaction():
        gather_statistics(day, "analyze public.working", 10_000)
        gather_statistics(day, "analyze public.kept (at)", 10_000)
        day.execute("create table public.own as select at from public.kept")
        day.execute("analyze public.own")

    bounds = day.execute(
        "select tablename, cardinality(histogram_bounds::text::text[]) from pg_stats where attname = 'at'"
    )
    assert dict(bounds.fetchall()) == {"working": 31, "kept": 31, "own": 101}


def is_analysed(warehouse: Warehouse, table: str) -> bool:
    """Whether statistics of it were gathered."""
    rows = warehouse.execute("select reltuples from pg_class where oid = %s::regclass", [table]).fetchone()
    return rows is not None and rows[0] >= 0


@pytest.mark.parametrize(
    ("statement", "is_worth_it"),
    [
        ("insert into public.one select at from generate_series(1, 500) as at", True),
        ("insert into public.other select at from generate_series(1, 500) as at", False),
        # which table a query with names for its parts writes is told by none of its first words
        ("with rows as (select generate_series(1, 500) as at) insert into public.one select at from rows", True),
    ],
)
def test_what_was_written_elsewhere_does_not_count(warehouse: Warehouse, statement: str, is_worth_it: bool) -> None:
    warehouse.execute("create table public.one (at integer)")
    warehouse.execute("create table public.other (at integer)")
    run_statements(warehouse, f"{statement};\nanalyze public.one (at);", {})
    assert is_analysed(warehouse, "public.one") is is_worth_it


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("insert into canon.links (a)\nselect 1", "canon.links"),
        ("update canon.links as link set a = 1", "canon.links"),
        ("delete from canon.links", "canon.links"),
        ("create temporary table left_over on commit drop as select 1", "left_over"),
        ("with rows as (select 1) insert into canon.links select * from rows", ""),
        ("select canon.compare_source_chunks('drivers', 1)", ""),
    ],
)
def test_the_table_that_a_statement_writes(statement: str, table: str) -> None:
    assert written_table(statement) == table


@pytest.mark.parametrize("statement", ["analyze canon.links;", "analyze canon.links (\n    a, b\n);"])
def test_the_table_that_is_analysed(statement: str) -> None:
    assert analysed_table(statement) == "canon.links"
