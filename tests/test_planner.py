"""When statistics are gathered for the planner, and from how much."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from control_tower.planner import gather_statistics

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


def test_a_working_table_is_sampled_less_and_the_next_one_as_always(day: Warehouse) -> None:
    with day.transaction():
        gather_statistics(day, "analyze public.working", 10_000)
        gather_statistics(day, "analyze public.kept", 10_000)

    bounds = day.execute(
        "select tablename, cardinality(histogram_bounds::text::text[]) from pg_stats where attname = 'at'"
    )
    assert dict(bounds.fetchall()) == {"working": 31, "kept": 101}
