from __future__ import annotations

from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.mark.parametrize("keys", ["n::text", "'lead ' || n", "repeat('x', n % 50)"])
@pytest.mark.parametrize("partitions", [1, 2, 5, 64])
def test_every_key_is_in_one_partition_and_in_the_whole(warehouse: Connection, keys: str, partitions: int) -> None:
    query = (
        f"select (select count(*) from generate_series(1, {partitions}) as p"
        f" where canon.is_in_partition({keys}, p::integer, {partitions})), canon.is_in_partition({keys}, null, null)"
        " from generate_series(1, 1000) as n group by 1, 2"
    )
    assert warehouse.execute(query.encode()).fetchall() == [(1, True)]


@pytest.mark.parametrize("partitions", [2, 5, 8])
def test_the_partitions_are_about_as_large(warehouse: Connection, partitions: int) -> None:
    query = (
        "select count(*) from generate_series(1, 40000) as n, generate_series(1, %(partitions)s) as p"
        " where canon.is_in_partition('lead ' || n, p, %(partitions)s) group by p"
    )
    sizes = [count for (count,) in warehouse.execute(query, {"partitions": partitions})]
    assert len(sizes) == partitions
    assert all(0.93 < size * partitions / 40_000 < 1.07 for size in sizes), sizes


@pytest.mark.parametrize("partitions", [2, 5])
def test_the_planner_expects_many_rows_of_a_partition(warehouse: Connection, partitions: int) -> None:
    warehouse.execute("create table public.keys as select n::text as key from generate_series(1, 9000) as n")
    warehouse.execute("analyze public.keys")
    for partition in range(1, partitions + 1):
        query = (
            f"explain (format json) select from public.keys where canon.is_in_partition(key, {partition}, {partitions})"
        )
        row = warehouse.execute(query.encode()).fetchone()
        assert row
        assert 2_000 < row[0][0]["Plan"]["Plan Rows"] < 5_000, (
            "of an equation or a range with two ends it would expect 45"
        )
