"""Two names share a hash exactly when they share three different words."""

from __future__ import annotations

from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Connection = psycopg.Connection[tuple[Any, ...]]

WORDS = st.lists(st.sampled_from(["ANA", "EVA", "LUZ", "ROJAS", "SOTO", "VEGA", "DIAZ"]), min_size=1, max_size=7)
TRIPLES_IN_COMMON = """
    select exists (
        select triple from canon.name_word_triples(%s) as triple
        intersect
        select triple from canon.name_word_triples(%s) as triple
    )
"""


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=WORDS, other=WORDS)
def test_names_meet_when_they_share_three_words(warehouse: Connection, one: list[str], other: list[str]) -> None:
    (meet,) = warehouse.execute(TRIPLES_IN_COMMON, [" ".join(one), " ".join(other)]).fetchone() or (None,)
    assert meet == (len(set(one) & set(other)) >= 3)


def test_no_name_meets_nobody(warehouse: Connection) -> None:
    assert warehouse.execute("select count(*) from canon.name_word_triples(null)").fetchone() == (0,)
