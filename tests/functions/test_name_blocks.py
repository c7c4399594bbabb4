"""Two names share a blocking key exactly when they share three different words."""

from __future__ import annotations

from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Connection = psycopg.Connection[tuple[Any, ...]]

WORDS = st.lists(st.sampled_from(["ANA", "EVA", "LUZ", "ROJAS", "SOTO", "VEGA", "DIAZ"]), min_size=1, max_size=7)
BLOCKS_IN_COMMON = """
    select exists (
        select unnest(canon.name_blocks(%s))
        intersect
        select unnest(canon.name_blocks(%s))
    )
"""


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=WORDS, other=WORDS)
def test_names_meet_when_they_share_three_words(warehouse: Connection, one: list[str], other: list[str]) -> None:
    (meet,) = warehouse.execute(BLOCKS_IN_COMMON, [" ".join(one), " ".join(other)]).fetchone() or (None,)
    assert meet == (len(set(one) & set(other)) >= 3)


def test_no_name_meets_nobody(warehouse: Connection) -> None:
    assert warehouse.execute("select canon.name_blocks(null)").fetchone() == ([],)
