"""What a run with little to do reads of the tables that a first load fills: the rows it needs, by an index."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from control_tower import runs
from control_tower.operators import shared_session
from devtools.benchmark.touch import touch
from devtools.demo.dataset import FleetSize
from devtools.demo.fleet import build_fleet
from devtools.demo.load import load_fleet
from tests.pipeline import attribute, ingest, load_dag, run_step, step_names
from tests.plans import Plans

Warehouse = psycopg.Connection[Any]
FILLED = {
    "drivers_index", "records_index", "identity_registry", "identity_links", "identity_unmatched", "lead_events",
    "lead_ledger", "review_cases", "cabinet_claims", "cabinet_financials", "partner_claims",
}  # fmt: skip
MOST_ROWS = 1_000
"""Rows that a statement may read of one of them; each has more."""
CHECKING = ("run_checks",)
"""What cannot be checked by keys is checked in turn (tests/test_plans.py)."""


def ingest_fleet(warehouse: Warehouse) -> None:
    load_fleet(warehouse, build_fleet(FleetSize(4_000, 4_000, 2_000, 200, trip_days=3)), report=lambda _: None)
    ingest()
    attribute()
    ingest()  # the first run of a day compares all cases
    warehouse.execute("vacuum analyze")


@pytest.fixture(scope="module")
def ingested(told: Any) -> str:
    """Name of a database with a fleet, ingested and attributed."""
    return str(told(ingest_fleet)[0])


@pytest.fixture
def beginning(ingested: str) -> str:
    """Name of that database."""
    return ingested


def steps_read(plans: Plans, *groups: str) -> dict[str, set[tuple[str, str]]]:
    """Run ingestion; returns what steps, of these task groups if any are given, read of the filled tables."""
    run_id = runs.open_run("identity_run", runs.Scope())
    read = {}
    for task_id in step_names("identity_ingestion"):
        group, _, step = task_id.rpartition(".")
        plans.found.clear()
        run_step("identity_ingestion", task_id, run_id)
        if not groups or group in groups:
            read[step] = plans.reading_more(FILLED, than=MOST_ROWS)
    runs.close_run(run_id, runs.steps_of(load_dag("identity_ingestion")))
    return read


@pytest.mark.parametrize("touched", [0, 4])
def test_a_run_with_little_to_do_reads_no_table_as_a_whole(warehouse: Warehouse, touched: int) -> None:
    if touched:
        touch(warehouse, touched, round_number=1)
    plans = Plans(warehouse)
    # as if the tables were forty times as large: a scan costs much, a lookup by an index little
    warehouse.execute("set seq_page_cost = 40")
    warehouse.execute("set random_page_cost = 0.01")
    warehouse.execute("set cpu_index_tuple_cost = 0.2")
    with shared_session(warehouse):
        read = steps_read(plans)
    assert {step: found for step, found in read.items() if found and step not in CHECKING} == {}


def test_rows_of_changed_chunks_are_looked_up_whatever_the_planner_expects(warehouse: Warehouse) -> None:
    touch(warehouse, 4, round_number=2)
    with shared_session(warehouse):
        read = steps_read(Plans(warehouse), "normalise")
    compared = "create temporary table source_rows_this_step"
    assert not [found for step in read.values() for found in step if found[1].startswith(compared)]
