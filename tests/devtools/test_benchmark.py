from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from control_tower.settings import get_settings
from devtools.benchmark import measure
from devtools.benchmark.pipeline_steps import step_names
from devtools.demo.fleet import FleetSize, build_fleet


@pytest.fixture(autouse=True)
def _fresh_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings are read once per process; the benchmark sets one, which is gone afterwards."""
    monkeypatch.setenv("CONTROL_TOWER_TARGET_PARK_ID", "")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def test_it_measures_a_whole_run_and_the_floor(warehouse: psycopg.Connection[Any]) -> None:
    measure.prepare(warehouse, build_fleet(FleetSize(60, 60, 30, 5, trip_days=0)))
    with measure.worker_processes() as workers:
        elapsed, steps = measure.run(workers)
    assert set(steps) == set(step_names(measure.DAG))
    assert max(steps.values()) <= elapsed
    seconds, rows = measure.floor(warehouse)
    assert seconds > 0
    written = [warehouse.execute(f"select count(*) from {s}.{t}".encode()).fetchone() for s, t in measure.WRITTEN]
    assert rows == sum(count[0] for count in written if count) > 155
    assert warehouse.execute("select status::text from ops.ingestion_runs").fetchall() == [("COMPLETED",)]
