from __future__ import annotations

from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.mark.parametrize("keys", ["n::text", "'lead ' || n", "repeat('x', n % 50)"])
def test_every_key_is_in_one_half_and_in_the_whole(warehouse: Connection, keys: str) -> None:
    query = (
        f"select canon.is_in_half({keys}, 1)::int + canon.is_in_half({keys}, 2)::int, canon.is_in_half({keys}, null)"
        " from generate_series(1, 1000) as n group by 1, 2"
    )
    assert warehouse.execute(query.encode()).fetchall() == [(1, True)]


def test_the_halves_are_about_as_large(warehouse: Connection) -> None:
    query = "select count(*) filter (where canon.is_in_half('lead ' || n, 1)) from generate_series(1, 10000) as n"
    row = warehouse.execute(query).fetchone()
    assert row
    assert 4_700 < row[0] < 5_300


def test_the_planner_expects_many_rows_of_a_half(warehouse: Connection) -> None:
    warehouse.execute("create table public.keys as select n::text as key from generate_series(1, 9000) as n")
    warehouse.execute("analyze public.keys")
    for half in (1, 2):
        query = f"explain (format json) select from public.keys where canon.is_in_half(key, {half})"
        row = warehouse.execute(query.encode()).fetchone()
        assert row
        assert 2_000 < row[0][0]["Plan"]["Plan Rows"] < 5_000, "of an equation it would expect 45"
