"""Corrections of scouts over several runs: killed ones, human decisions in between, random histories."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from control_tower import decisions
from control_tower.attribution import event_scouts as event_scouts_step
from control_tower.attribution import ledger as ledger_step
from tests.attribution.corrections import (
    AUTHOR,
    broken,
    conflict_of,
    correct,
    event_audit,
    key_of,
    ledger_audit,
    ledger_of,
    paid_by_statement,
    person,
    refresh,
    rows,
)
from tests.attribution.datasets import MIGRATIONS, SCOUTING, event, ledger
from tests.attribution.datasets import person as new_person
from tests.attribution.plain_definitions import LIVE, LedgerModel, differences
from tests.identity.crashes import let_time_pass
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]


def test_a_scout_that_the_source_never_gave_stays(warehouse: Warehouse) -> None:
    person(warehouse, 1, None)
    refresh()
    warehouse.execute("update observational.lead_events set scout_id = 3 where source_pk = '101'")  # an older program
    refresh()
    correct(warehouse, 101, 7)
    ingest(until="scouting_rows")  # read, and the run dies before the event is written
    let_time_pass(warehouse)
    correct(warehouse, 101, None)
    refresh()
    assert warehouse.execute("select scout_id from observational.lead_events").fetchall() == [(3,)]
    assert ledger_of(warehouse, 1)[0] == 3


def test_a_run_that_dies_after_reading_a_correction_leaves_no_old_scout(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")
    person(warehouse, 1, 1)
    refresh()
    correct(warehouse, 101, 5)
    ingest(until="scouting_rows")
    let_time_pass(warehouse)
    correct(warehouse, 101, None)
    refresh()
    assert event_audit(warehouse, "101") == [("SOURCE_WITHDRAWN", 1, None)]
    assert ledger_of(warehouse, 1) == (None, "U", "unassigned")


@pytest.mark.parametrize("file", ["follow_scouting_rows.sql", "derive_ledger.sql"])
def test_a_refresh_killed_in_a_new_step_is_finished_by_the_next(
    copy_of: Callable[[str], Warehouse], told: Any, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    def story(warehouse: Warehouse) -> None:
        person(warehouse, 1, 1, with_lead=True)
        person(warehouse, 2, 1)
        refresh()
        paid_by_statement(warehouse, key_of(warehouse, 2), 1)
        correct(warehouse, 101, 5)
        correct(warehouse, 201, 5)
        ingest()

    class Killed(BaseException):
        pass

    def outcome(connection: Warehouse) -> list[Any]:
        return [
            *(event_audit(connection, "l1"), ledger_audit(connection, 1), ledger_audit(connection, 2)),
            *(ledger_of(connection, 1), ledger_of(connection, 2), conflict_of(connection, 2)),
        ]

    template = told(story)[0]
    undisturbed = copy_of(template)
    attribute()
    expected = outcome(undisturbed)
    assert expected[3:5] == [(5, "A", "assigned"), (1, "A", "conflict")]

    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")
    disturbed = copy_of(template)
    with monkeypatch.context() as patch:

        def dying(work: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any) -> Any:
                done = work(*arguments)
                if any(str(argument).endswith(file) for argument in arguments):
                    raise Killed
                return done

            return call

        patch.setattr(event_scouts_step, "read_sql", dying(event_scouts_step.read_sql))
        patch.setattr(ledger_step, "execute_file", dying(ledger_step.execute_file))
        with pytest.raises(Killed):
            attribute()
    let_time_pass(disturbed)
    attribute()
    assert outcome(disturbed) == expected


def test_a_record_that_a_human_gives_to_another_person_takes_its_scout_along(warehouse: Warehouse) -> None:
    person(warehouse, 1, 1, 1)
    person(warehouse, 2, None)
    refresh()
    for row in ("101", "102"):
        decisions.resolve_unmatched_lead(
            *("module_ct_scouting_daily", row),
            person_key=key_of(warehouse, 2),
            reason="his row",
            author=AUTHOR,
            replace_link=True,
        )
        if row == "101":
            attribute()
            assert ledger_of(warehouse, 1) == (1, "A", "assigned"), "the other row names it still"
    attribute()
    assert ledger_of(warehouse, 2)[::2] == (1, "assigned")
    left = rows(warehouse, "select * from observational.lead_ledger where attributed_scout_id = 1")
    assert [str(row["person_key"]) for row in left] == [key_of(warehouse, 2)]
    assert broken(warehouse) == []


def test_events_that_move_are_no_correction_of_the_source(warehouse: Warehouse) -> None:
    left, gained = (new_person(warehouse, number) for number in (1, 2))
    event(warehouse, left, SCOUTING, 7)
    event(warehouse, left, MIGRATIONS)
    attribute()
    warehouse.execute("update observational.lead_events set person_key = %s where scout_id = 7", [gained])
    attribute()
    audited = rows(
        warehouse,
        "select backfill_method, old_attributed_scout_id as old, new_attributed_scout_id as new"
        " from ops.lead_ledger_scout_backfill_audit where person_key = %s::uuid order by id",
        left,
    )
    assert audited[-1] == {"backfill_method": "EVENTS_MOVED", "old": 7, "new": None}
    assert {key: row[:3] for key, row in ledger(warehouse).items()} == {
        left: (None, "A_FLEET", "assigned"),
        gained: (7, "A", "assigned"),
    }


@pytest.mark.parametrize("seed", range(3))
def test_any_history_of_corrections_over_any_runs_ends_as_the_plain_rules_say(warehouse: Warehouse, seed: int) -> None:
    """Persons with rows and leads; scouts are corrected, withdrawn and paid between runs that may come at any time."""
    chance = random.Random(seed)
    source: dict[int, int | None] = {}
    numbers = range(1, 13)
    for number in numbers:
        scouts = [chance.choice([None, 1, 1, 2, 3]) for _ in range(chance.randint(1, 3))]
        person(warehouse, number, *scouts, with_lead=chance.random() < 0.6)
        source |= {100 * number + place: scout for place, scout in enumerate(scouts, 1)}
    ingest()
    models = {number: LedgerModel() for number in numbers}
    for _ in range(6):
        for _ in range(chance.randint(1, 8)):
            row = chance.choice(list(source))
            source[row] = chance.choice([None, 1, 2, 3])
            correct(warehouse, row, source[row])
        ingest()
        if chance.random() < 0.4:
            number, scout = chance.choice(numbers), chance.choice([1, 2, 3])
            paid_by_statement(warehouse, key_of(warehouse, number), scout)
            models[number].paid.add(scout)
        if chance.random() < 0.7:
            attribute()
            for number, model in models.items():
                model.derive({scout for row, scout in source.items() if row // 100 == number and scout is not None})
            found = {number: ledger_of(warehouse, number)[::2] for number in numbers}
            expected = {number: (model.scout, model.state) for number, model in models.items() if model.state != "none"}
            assert {number: found[number] for number in expected} == expected
            assert {number for number, row in found.items() if row[1] == "conflict"} == {
                number for number, model in models.items() if model.state == "conflict"
            }
            assert {number for number, row in found.items() if row[0] is None} == {
                number for number, model in models.items() if model.scout is None
            }
            assert broken(warehouse) == []
            assert differences(warehouse, LIVE) == {}
