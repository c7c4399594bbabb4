"""One story per ledger rule; the refresh may stop, resume and be split into batches anywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from control_tower import runs
from control_tower.attribution import ledger as ledger_step
from control_tower.migrate import migrate
from control_tower.operators import python_step, step_session
from control_tower.settings import get_settings
from tests.attribution.datasets import (
    LEADS,
    MIGRATIONS,
    SCOUTING,
    Row,
    audit_rows,
    event,
    everything,
    evidence,
    ledger,
    ledger_row,
    person,
)
from tests.identity.crashes import let_time_pass
from tests.pipeline import attribute

Warehouse = psycopg.Connection[Any]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([(SCOUTING, 7)], Row(7, "A", "assigned", "scouting")),
        ([(SCOUTING, 7), (SCOUTING, 7), (LEADS, None)], Row(7, "A", "assigned", "scouting")),
        ([(MIGRATIONS, 9)], Row(9, "A_FLEET", "assigned", "fleet_migration")),
        ([(MIGRATIONS, 9), (SCOUTING, 9)], Row(9, "A_FLEET", "assigned", "fleet_migration")),
        ([(SCOUTING, 7), (MIGRATIONS, None)], Row(7, "A", "assigned", "scouting")),
        ([(SCOUTING, 7), (SCOUTING, 8)], Row(None, "C", "conflict", "scouting")),
        ([(SCOUTING, 7), (MIGRATIONS, 9)], Row(None, "C", "conflict", "fleet_migration")),
        ([(LEADS, None)], Row(None, "B", "assigned", "cabinet")),
        ([(MIGRATIONS, None)], Row(None, "A_FLEET", "assigned", "fleet_migration")),
        ([(LEADS, None), (MIGRATIONS, None)], Row(None, "A_FLEET", "assigned", "fleet_migration")),
        ([(SCOUTING, None)], Row(None, "U", "unassigned", None)),
    ],
)
def test_the_events_of_a_person_say_who_brought_it(
    warehouse: Warehouse, events: list[tuple[str, int | None]], expected: Row
) -> None:
    key = person(warehouse, 1)
    for source, scout in events:
        event(warehouse, key, source, scout)
    attribute()
    assert ledger(warehouse) == {key: expected}


def test_a_row_that_stood_without_a_scout_gets_the_only_one(warehouse: Warehouse) -> None:
    key = person(warehouse, 1)
    event(warehouse, key, SCOUTING, 7)
    ledger_row(warehouse, key, None, "U", "unassigned")
    attribute()
    assert ledger(warehouse)[key] == Row(7, "BACKFILL_SINGLE_SCOUT_FROM_EVENTS", "assigned", "scouting")
    audited = warehouse.execute(
        "select old_attributed_scout_id, new_attributed_scout_id, attribution_rule_old, attribution_rule_new,"
        " backfill_method from ops.lead_ledger_scout_backfill_audit"
    ).fetchall()
    rule = "BACKFILL_SINGLE_SCOUT_FROM_EVENTS"
    assert audited == [(None, 7, "U", rule, rule)]


def test_a_scout_in_the_ledger_is_left_there_when_another_appears(warehouse: Warehouse) -> None:
    key = person(warehouse, 1)
    event(warehouse, key, SCOUTING, 8)
    ledger_row(warehouse, key, 7, "A")
    attribute()
    assert ledger(warehouse)[key] == Row(7, "A", "conflict", "scouting")
    assert evidence(warehouse, key)["scouts"] == [8]


def test_a_second_scout_makes_a_conflict_and_a_third_is_audited(warehouse: Warehouse) -> None:
    key = person(warehouse, 1)
    for scout in (7, 8, 9):
        event(warehouse, key, SCOUTING, scout)
        attribute()
    assert ledger(warehouse)[key] == Row(7, "A", "conflict", "scouting")
    assert evidence(warehouse, key)["scouts"] == [7, 8, 9]
    assert audit_rows(warehouse) == [0, 0, 3]


def test_a_conflict_remembers_since_when(warehouse: Warehouse) -> None:
    key = person(warehouse, 1)
    for scout in (7, 8):
        event(warehouse, key, SCOUTING, scout)
    attribute()
    first = warehouse.execute("select since, age_days from ops.v_scout_attribution_conflicts").fetchall()
    event(warehouse, key, LEADS)
    attribute()
    assert warehouse.execute("select since, age_days from ops.v_scout_attribution_conflicts").fetchall() == first
    let_time_pass(warehouse)
    warehouse.execute("update observational.lead_ledger set conflict_since = conflict_since - interval '47 hours'")
    assert warehouse.execute("select age_days from ops.v_scout_attribution_conflicts").fetchall() == [(1,)]


def test_a_human_decision_is_kept_until_a_scout_appears_that_the_human_had_not_seen(warehouse: Warehouse) -> None:
    key = person(warehouse, 1)
    for scout in (7, 8):
        event(warehouse, key, SCOUTING, scout)
    attribute()
    ledger_row(warehouse, key, 8, "MANUAL", "assigned", seen_scouts=[7, 8], reason="the form says so")
    event(warehouse, key, SCOUTING, 7)
    event(warehouse, key, LEADS)
    attribute()
    assert ledger(warehouse)[key] == Row(8, "MANUAL", "assigned", "scouting")
    event(warehouse, key, MIGRATIONS, 9)
    attribute()
    assert ledger(warehouse)[key] == Row(8, "MANUAL", "conflict", "scouting")
    said = evidence(warehouse, key)
    assert (said["reason"], said["seen_scouts"], said["scouts"]) == ("the form says so", [7, 8], [7, 8, 9])


@pytest.mark.parametrize("noted", [{}, {"seen_scouts": [7]}])
def test_a_human_may_decide_that_nobody_brought_the_person(warehouse: Warehouse, noted: dict[str, Any]) -> None:
    key = person(warehouse, 1)
    event(warehouse, key, SCOUTING, 7)
    ledger_row(warehouse, key, None, "MANUAL", "unassigned", **noted)
    attribute()
    status = "unassigned" if noted else "conflict"
    assert ledger(warehouse)[key][:3] == (None, "MANUAL", status)
    assert warehouse.execute("select scout_id from ops.v_scout_attribution").fetchall() == [(None,)]
    before = everything(warehouse)
    attribute()
    assert everything(warehouse) == before


def test_each_row_says_which_events_which_scouts_and_which_rule(warehouse: Warehouse) -> None:
    key = person(warehouse, 1)
    fleet = event(warehouse, key, MIGRATIONS, day=2)
    row = event(warehouse, key, SCOUTING, 7, day=5)
    attribute()
    assert evidence(warehouse, key) == {
        "rule": "A",
        "scouts": [7],
        "event_count": 2,
        "events": [
            {"source_table": SCOUTING, "source_pk": row, "event_date": "2026-10-05", "scout_id": 7},
            {"source_table": MIGRATIONS, "source_pk": fleet, "event_date": "2026-10-02"},
        ],
    }


@pytest.mark.parametrize("was", ['["a", "list"]', '{"matched_by": "phone"}', "null"])
def test_what_an_older_program_noted_stays_beside_it(warehouse: Warehouse, was: str) -> None:
    key = person(warehouse, 1)
    event(warehouse, key, SCOUTING, 7)
    ledger_row(warehouse, key, 7, "A")
    warehouse.execute("update observational.lead_ledger set evidence_json = %s::jsonb", [was])
    attribute()
    event(warehouse, key, LEADS)
    attribute()
    said = evidence(warehouse, key)
    assert (said["event_count"], said.get("matched_by")) == (2, "phone" if "phone" in was else None)
    assert said.get("before") == (["a", "list"] if "list" in was else None)


def test_events_that_go_to_another_person_take_its_claims_along(warehouse: Warehouse) -> None:
    left, gained = person(warehouse, 1), person(warehouse, 2)
    event(warehouse, left, SCOUTING, 7)
    event(warehouse, left, SCOUTING, 8)
    attribute()
    warehouse.execute("update observational.lead_events set person_key = %s", [gained])
    attribute()
    assert ledger(warehouse)[gained][:3] == (None, "C", "conflict")
    assert ledger(warehouse)[left][:3] == (None, "U", "unassigned")
    assert warehouse.execute(
        "select backlog_c_legacy_no_events_no_ledger, backlog_d_scout_in_events_not_in_ledger"
        " from ops.v_scout_attribution_metrics_snapshot"
    ).fetchall() == [(1, 1)]


def test_rows_of_an_established_database_are_respected(
    established_database: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(established_database)
    with psycopg.connect(established_database, autocommit=True) as connection:
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(connection.info.dbname))
        attribute()
        rows = {key[-2:]: row for key, row in ledger(connection).items()}
        assert rows["a1"] == Row(11, "A", "assigned", "scouting")
        assert rows["a2"] == Row(12, "BACKFILL_SINGLE_SCOUT_FROM_EVENTS", "assigned", "fleet_migration")
        assert rows["a3"] == Row(11, "BACKFILL_SINGLE_SCOUT_FROM_EVENTS", "assigned", "scouting")
        assert rows["a5"] == Row(12, "A", "assigned", "scouting")
        before = everything(connection)
        attribute()
        assert everything(connection) == before


def test_a_second_run_changes_nothing_and_audits_nothing(warehouse: Warehouse) -> None:
    _small_world(warehouse)
    attribute()
    before = everything(warehouse)
    attribute()
    warehouse.execute("insert into canon.attribution_queue select person_key from canon.identity_registry")
    attribute()
    assert everything(warehouse) == before


def _small_world(warehouse: Warehouse) -> None:
    claims: list[list[tuple[str, int | None]]] = [
        [(SCOUTING, 7)],
        [(SCOUTING, 7), (SCOUTING, 8)],
        [(SCOUTING, 7), (LEADS, None)],
        [(MIGRATIONS, 9), (LEADS, None)],
        [(LEADS, None)],
        [(SCOUTING, None)],
        [(SCOUTING, 8), (MIGRATIONS, 8), (SCOUTING, 8)],
    ]
    for number, events in enumerate(claims, start=1):
        key = person(warehouse, number)
        for source, scout in events:
            event(warehouse, key, source, scout)
    ledger_row(warehouse, person(warehouse, 2), 7, "A")
    ledger_row(warehouse, person(warehouse, 4), None, "U", "unassigned")


@pytest.fixture
def in_small_world(warehouse: Warehouse, server: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a story in copies of one small dataset and return each result."""
    _small_world(warehouse)
    template = warehouse.info.dbname
    warehouse.close()
    made: list[str] = []

    def run(story: Callable[[Warehouse], object]) -> list[Any]:
        name = server.create(template=template)
        made.append(name)
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(name))
        get_settings.cache_clear()
        with psycopg.connect(server.uri(name), autocommit=True) as connection:
            story(connection)
            rows = connection.execute(
                "select person_key, attributed_scout_id, attribution_rule, decision_status, evidence_json, event_scouts"
                " from observational.lead_ledger order by 1"
            ).fetchall()
            audited = connection.execute(
                "select person_key, old_attributed_scout_id, new_attributed_scout_id, backfill_method, notes"
                " from ops.lead_ledger_scout_backfill_audit order by 1, id"
            ).fetchall()
            scouts = connection.execute(
                "select source_table, source_pk, scout_id from observational.lead_events order by 1, 2"
            ).fetchall()
            assert connection.execute("select count(*) from canon.attribution_queue").fetchall() == [(0,)]
            return [rows, audited, scouts]

    yield run
    for name in made:
        server.drop(name)


def test_the_size_of_batches_does_not_matter(in_small_world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_in_batches_of(size: int) -> list[Any]:
        monkeypatch.setenv("CONTROL_TOWER_BATCH_SIZE", str(size))
        return list(in_small_world(lambda _: attribute()))

    whole = run_in_batches_of(1000)
    assert whole[0]
    assert run_in_batches_of(2) == whole
    assert run_in_batches_of(1) == whole


@pytest.mark.parametrize("batches", [1, 3])
def test_a_refresh_killed_between_batches_is_finished_by_the_next(
    in_small_world: Any, monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    undisturbed = in_small_world(lambda _: attribute())
    monkeypatch.setenv("CONTROL_TOWER_BATCH_SIZE", "2")
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")

    class Killed(BaseException):
        pass

    def story(connection: Warehouse) -> None:
        work = ledger_step.execute_file
        calls = 0

        def execute(*arguments: Any) -> Any:
            nonlocal calls
            calls += arguments[1].endswith("take_attribution_batch.sql")
            if calls > batches:
                raise Killed
            return work(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr(ledger_step, "execute_file", execute)
            with pytest.raises(Killed):
                attribute()
        left = connection.execute("select count(*) from canon.attribution_queue").fetchone()
        # two workers run concurrently: a batch in progress at that moment is not committed
        assert left in [(7 - 2 * batches,), (9 - 2 * batches,)]
        let_time_pass(connection)
        attribute()

    assert in_small_world(story) == undisturbed


@pytest.mark.parametrize("runs_apart", [False, True])
def test_two_scouts_are_a_conflict_in_one_run_or_in_two(warehouse: Warehouse, runs_apart: bool) -> None:
    key = person(warehouse, 1)
    event(warehouse, key, SCOUTING, 7)
    if runs_apart:
        attribute()
    event(warehouse, key, SCOUTING, 8)
    attribute()
    # The scout in the ledger before the second claim is kept.
    assert ledger(warehouse)[key][::2] == (7 if runs_apart else None, "conflict")
    assert warehouse.execute("select scout_ids from ops.v_scout_attribution_conflicts").fetchall() == [([7, 8],)]


def test_a_change_that_commits_during_a_refresh_is_not_lost(warehouse: Warehouse) -> None:
    key = person(warehouse, 1)
    event(warehouse, key, SCOUTING, 7)
    with step_session() as ingestion:
        with ingestion.transaction():
            event(ingestion, key, SCOUTING, 8)
            attribute()
        assert ledger(warehouse) == {}, "left to the next run"
    attribute()
    assert ledger(warehouse)[key][2] == "conflict"


def test_a_run_that_was_given_up_writes_no_ledger_row(warehouse: Warehouse) -> None:
    event(warehouse, person(warehouse, 1), SCOUTING, 7)
    run_id = runs.open_run("scout_attribution_refresh")
    runs.fail_run(run_id, "given up")
    with pytest.raises(Exception, match="not running"):
        python_step(ledger_step.refresh_ledger, is_atomic=False)(run_id)
    assert ledger(warehouse) == {}
