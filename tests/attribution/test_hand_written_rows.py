"""A ledger row that somebody wrote by hand is found, with who it should be; what is meant is decided instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from control_tower import decisions
from control_tower.errors import ChecksFailed
from control_tower.migrate import migrate
from control_tower.monitoring.checks import run_check
from tests.attribution.datasets import LEADS, MIGRATIONS, SCOUTING, event, ledger_row, person
from tests.pipeline import attribute

Warehouse = psycopg.Connection[Any]
CHECK = "every_ledger_row_follows_from_events_or_a_decision"
AUTHOR = decisions.Author("ana")
ROW = "update observational.lead_ledger set {} where person_key = %s"


def derived(warehouse: Warehouse) -> None:
    """A row of each kind."""
    claims: list[list[tuple[str, int | None]]] = [
        [(SCOUTING, 7)],
        [(SCOUTING, 7), (SCOUTING, 8)],
        [(LEADS, None)],
        [(SCOUTING, None)],
        [(MIGRATIONS, 9)],
        [(SCOUTING, 7), (SCOUTING, 8)],
        [],
        [(SCOUTING, 8)],
        [(SCOUTING, 7)],
        [],
    ]
    for number, events in enumerate(claims, 1):
        for source, scout in events:
            event(warehouse, person(warehouse, number), source, scout)
    ledger_row(warehouse, person(warehouse, 8), 7, "A")
    ledger_row(warehouse, person(warehouse, 9), 7, "MANUAL", seen_scouts=[7])
    ledger_row(warehouse, person(warehouse, 10), 7, "A")
    person(warehouse, 7)
    attribute()
    decisions.resolve_scout_conflict(person(warehouse, 6), 7, "the form says so", author=AUTHOR)
    attribute()


@pytest.fixture(scope="module")
def derived_ledger(told: Any) -> str:
    """Name of a database with a ledger row of each kind."""
    return str(told(derived)[0])


@pytest.fixture
def beginning(derived_ledger: str) -> str:
    return derived_ledger


def offenders(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """Last digit of each offender, with the scout and state that it should have."""
    found = run_check(warehouse, CHECK)
    assert found.error is None
    rows = [(str(row["person_key"])[-1], row["expected_scout_id"], row["expected_status"]) for row in found.sample]
    return sorted(rows, key=str)


def test_what_events_earlier_programs_and_humans_say_is_no_offence(warehouse: Warehouse) -> None:
    assert offenders(warehouse) == []


@pytest.mark.parametrize(
    ("number", "change", "scout", "state"),
    [
        pytest.param(1, "attributed_scout_id = 3", 7, "assigned", id="another scout"),
        pytest.param(1, "attributed_scout_id = null", 7, "assigned", id="a scout taken away"),
        pytest.param(
            *(1, "attributed_scout_id = null, decision_status = 'conflict'"), 7, "assigned", id="an invented conflict"
        ),
        pytest.param(1, "attribution_rule = 'MANUAL'", 7, "assigned", id="a decision that nobody took"),
        pytest.param(
            *(2, "attributed_scout_id = 7, decision_status = 'assigned'"), None, "conflict", id="a conflict ended"
        ),
        pytest.param(2, "attributed_scout_id = 3", None, "conflict", id="a scout in a conflict"),
        pytest.param(3, "attributed_scout_id = 3", None, "assigned", id="a scout of nobody"),
        pytest.param(4, "attributed_scout_id = 3", None, "unassigned", id="a scout of an unclaimed row"),
        pytest.param(5, "attributed_scout_id = 3", 9, "assigned", id="another scout of a migration"),
        pytest.param(6, "attributed_scout_id = 8", 7, "assigned", id="other than decided"),
        pytest.param(8, "attributed_scout_id = 3", 8, "assigned", id="other than an earlier program left"),
        pytest.param(9, "attributed_scout_id = 3", 7, "assigned", id="other than an earlier human chose"),
    ],
)
def test_a_row_written_by_hand_is_named_with_who_it_should_be(
    warehouse: Warehouse, number: int, change: str, scout: int | None, state: str
) -> None:
    warehouse.execute(ROW.format(change).encode(), [person(warehouse, number)])
    expected = [(str(number), scout, state)]
    assert offenders(warehouse) == expected
    with pytest.raises(ChecksFailed, match=CHECK):
        attribute()
    # also after it was derived again
    warehouse.execute("update ops.ingestion_runs set status = 'FAILED' where status = 'RUNNING'")
    warehouse.execute("insert into canon.attribution_queue values (%s)", [person(warehouse, number)])
    assert offenders(warehouse) == [], "it is derived soon"


def test_a_row_inserted_by_hand_is_found(warehouse: Warehouse) -> None:
    warehouse.execute(
        "insert into observational.lead_ledger (person_key, attributed_scout_id, attribution_rule, attribution_score,"
        " confidence_level, decision_status) values (%s, 3, 'A', 1, 'high', 'assigned')",
        [person(warehouse, 7)],
    )
    assert offenders(warehouse) == [("7", None, "unassigned")]


@pytest.mark.parametrize("number", [1, 3])
def test_a_scout_written_by_hand_is_found_after_the_row_was_derived_again(warehouse: Warehouse, number: int) -> None:
    warehouse.execute(ROW.format("attributed_scout_id = 3").encode(), [person(warehouse, number)])
    event(warehouse, person(warehouse, number), LEADS)
    attribute(until="refresh_ledger")
    assert [row[0] for row in offenders(warehouse)] == [str(number)]


def test_a_decision_instead_ends_it(warehouse: Warehouse) -> None:
    warehouse.execute(ROW.format("attributed_scout_id = 3").encode(), [person(warehouse, 1)])
    assert offenders(warehouse)
    warehouse.execute("insert into public.module_ct_scouts_list (scout_id, raw_name) values (3, 'Eva')")
    decisions.resolve_scout_conflict(person(warehouse, 1), 7, "the events say so", author=AUTHOR)
    assert offenders(warehouse) == []
    attribute()
    decisions.resolve_scout_conflict(person(warehouse, 1), None, "nobody brought him", author=AUTHOR, nobody=True)
    assert offenders(warehouse) == []
    warehouse.execute(ROW.format("attributed_scout_id = 3").encode(), [person(warehouse, 1)])
    assert offenders(warehouse) == [("1", None, "unassigned")]


def test_a_reverted_run_s_rows_follow_from_the_decision(warehouse: Warehouse) -> None:
    decisions.revert_backfill(1, "wrong file", author=AUTHOR, dry_run=False)
    assert offenders(warehouse) == []
    attribute()
    assert offenders(warehouse) == []


def test_an_established_database_s_rows_are_its_own_and_later_ones_are_found(
    established_database: Any, server: Any, monkeypatch: pytest.MonkeyPatch, copy_of: Callable[[str], Warehouse]
) -> None:
    migrate(established_database)
    migrate(established_database)
    with psycopg.connect(established_database, autocommit=True) as connection:
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(connection.info.dbname))
        assert offenders(connection) == []
        attribute()
        assert offenders(connection) == []
        connection.execute("update observational.lead_ledger set attributed_scout_id = 4711")
        migrate(established_database)
        count = connection.execute("select count(*) from observational.lead_ledger").fetchone()
        assert count is not None
        assert len(offenders(connection)) == count[0]


def test_a_million_rows_are_checked_by_one_pass_over_the_ledger(warehouse: Warehouse) -> None:
    """No table is joined but for the rows that look as if written by hand."""
    plan = warehouse.execute("explain (costs off) select * from ops.v_unfounded_ledger_rows").fetchall()
    text = "\n".join(row[0] for row in plan)
    assert text.count("on lead_ledger") == 1
