from __future__ import annotations

import time
from typing import Any

import psycopg

Connection = psycopg.Connection[tuple[Any, ...]]


def test_keys_are_different_and_grow_with_time(warehouse: Connection) -> None:
    keys = []
    for _ in range(3):
        keys += [row[0] for row in warehouse.execute("select canon.new_person_key() from generate_series(1, 500)")]
        time.sleep(0.002)  # they begin with the millisecond

    assert len(set(keys)) == 1500
    assert {key.version for key in keys} == {7}
    assert max(keys[:500]) < min(keys[500:1000])
    assert max(keys[500:1000]) < min(keys[1000:])
    began = (keys[0].int >> 80) / 1000
    assert abs(began - time.time()) < 60, "the first 48 bits are milliseconds since 1970"
