"""A split that cannot be is refused; killed, repeated, or two at once, it is carried out once."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from control_tower.decisions import merges, split_merged_person
from control_tower.decisions.transaction import Author
from control_tower.errors import (
    ChoiceUnclear,
    DecisionRefused,
    NothingToSplit,
    NotMerged,
    ReasonMissing,
    UnknownPerson,
)
from tests.decisions.merged_persons import (
    Merged,
    as_they_were,
    become_one,
    two_persons,
)
from tests.decisions.state import ROSA, everything, person_of, rows
from tests.pipeline import load_dag

Warehouse = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def after_merge(told: Any) -> tuple[str, tuple[Merged, str]]:
    """Name of the database that most tests start from, the merged persons and what they were."""
    return told(become_one)


@pytest.fixture
def beginning(after_merge: tuple[str, Any]) -> str:
    return after_merge[0]


@pytest.fixture
def both(after_merge: tuple[str, tuple[Merged, str]]) -> Merged:
    return after_merge[1][0]


@pytest.fixture
def before(after_merge: tuple[str, tuple[Merged, str]]) -> str:
    """What the two persons were before they were merged."""
    return after_merge[1][1]


def gone(warehouse: Warehouse, both: Merged) -> str:
    warehouse.execute("delete from canon.identity_links where source_pk = '2'")
    warehouse.execute("delete from observational.lead_events where source_pk = '2'")
    return both.retired


@pytest.mark.parametrize(
    ("who", "reason", "error", "says"),
    [
        (lambda _, both: both.retired, " ", ReasonMissing, "no reason"),
        (lambda *_: "Ana", "why", UnknownPerson, "'Ana'"),
        (lambda *_: str(uuid.UUID(int=7)), "why", UnknownPerson, str(uuid.UUID(int=7))),
        (gone, "why", NothingToSplit, "No record of person"),
    ],
)
def test_what_cannot_be_split_is_refused_and_nothing_is_written(
    warehouse: Warehouse, both: Merged, who: Any, reason: str, error: type[Exception], says: str
) -> None:
    person = who(warehouse, both)
    state = everything(warehouse)
    with pytest.raises(error, match="Next: ") as refusal:
        split_merged_person(person, reason, author=ROSA, dry_run=False)
    assert isinstance(refusal.value, DecisionRefused)
    assert says in str(refusal.value)
    assert everything(warehouse) == state


def test_a_person_that_was_never_merged_is_no_two(empty_warehouse: Warehouse) -> None:
    both = two_persons(empty_warehouse)
    with pytest.raises(NotMerged, match=both.survivor):
        split_merged_person(both.survivor, "why", author=ROSA, dry_run=False)


@pytest.mark.parametrize("dry_run", ["false", 0, None])
def test_what_is_neither_true_nor_false_is_no_dry_run(warehouse: Warehouse, both: Merged, dry_run: Any) -> None:
    state = everything(warehouse)
    with pytest.raises(ChoiceUnclear, match="neither true nor false"):
        split_merged_person(both.retired, "why", author=ROSA, dry_run=dry_run)
    assert everything(warehouse) == state


def test_a_second_split_finds_nothing_to_do(warehouse: Warehouse, both: Merged) -> None:
    first = split_merged_person(both.retired, "why", author=Author("rosa", "manual__1"), dry_run=False)
    state = everything(warehouse)
    again = split_merged_person(both.retired, "why", author=Author("rosa", "manual__1"), dry_run=False)
    assert (again.person_key, again.survivor_key, again.returned) == (first.person_key, first.survivor_key, 1)
    for key in both:
        with pytest.raises(NotMerged):
            split_merged_person(key, "why", author=Author("rosa", "manual__2"), dry_run=False)
    assert everything(warehouse) == state


def test_of_two_at_once_one_splits_and_the_other_is_refused(warehouse: Warehouse, both: Merged, before: str) -> None:
    def split(number: int) -> str:
        try:
            split_merged_person(both.retired, "why", author=Author("rosa", f"manual__{number}"), dry_run=False)
        except NotMerged:
            return "refused"
        return "split"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(split, (1, 2))) == ["refused", "split"]
    assert json.dumps(as_they_were(warehouse, *both), default=str) == before
    assert len(rows(warehouse, "select * from ops.human_decisions")) == 2


@pytest.mark.parametrize("killed_in", merges.SPLIT_FILES)
def test_killed_in_between_it_has_written_nothing_and_its_repetition_does_all(
    warehouse: Warehouse, both: Merged, before: str, killed_in: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    work = merges.execute_file

    def execute(connection: Any, file: str, *arguments: Any) -> Any:
        found = work(connection, file, *arguments)
        if file == killed_in:
            raise Killed
        return found

    state = everything(warehouse)
    with monkeypatch.context() as patch:
        patch.setattr(merges, "execute_file", execute)
        with pytest.raises(Killed):
            split_merged_person(both.retired, "why", author=ROSA, dry_run=False)
    assert everything(warehouse) == state
    split_merged_person(both.retired, "why", author=ROSA, dry_run=False)
    assert json.dumps(as_they_were(warehouse, *both), default=str) == before


def test_the_dag_tries_first_and_splits_when_told_to(
    warehouse: Warehouse, both: Merged, airflow_metadata: None
) -> None:
    dag = load_dag("split_merged_person")
    assert dag.test(run_conf={"person_key": both.retired, "reason": "two sisters"}).state == "success"
    assert person_of(warehouse, "2") == both.survivor, "a dry run unless it says otherwise"
    conf = {"person_key": both.retired, "reason": "two sisters", "dry_run": False}
    assert dag.test(run_conf=conf).state == "success"
    assert person_of(warehouse, "2") == both.retired
    assert dag.test(run_conf=conf).state == "failed"
