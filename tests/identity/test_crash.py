"""A process killed in any step: the next run gives the same result as without the crash."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from tests.identity import crashes, results
from tests.identity.crashes import Child, closed_gate, let_time_pass, nobody_is_left, somebody_waits, wait_until
from tests.pipeline import ingest, step_names

Warehouse = psycopg.Connection[Any]
Settled = dict[str, list[str]]

WRITES = {
    "drivers": "drivers_index",
    "cabinet_leads": "records_index",
    "scouting_rows": "records_index",
    "migrations": "records_index",
    "find_shared_phones": "shared_values",
    "find_shared_licenses": "shared_values",
    "find_shared_plates": "shared_values",
    "count_frequencies": "value_frequencies",
    "group_accounts": "dirty_keys",
    "queue_affected_records": "dirty_keys",
    "start_batch": "records_this_run",
    "score_names_1": "name_scores_this_run",
    "score_names_2": "name_scores_this_run",
    "score_more_names_1": "name_scores_this_run",
    "score_more_names_2": "name_scores_this_run",
    "weigh_candidates_by_name_1": "weighed_candidates_this_run",
    "weigh_candidates_by_name_2": "weighed_candidates_this_run",
    "decide_1": "decisions_this_run",
    "decide_2": "decisions_this_run",
    "assign_persons_1": "person_merges_this_run",
    "assign_persons_2": "person_merges_this_run",
    "merge_persons": "identity_registry",
    "link": "identity_links",
    "link_accounts": "identity_links",
    "leave_unmatched": "identity_unmatched",
    "contest_records": "identity_contested",
    "contest_accounts": "identity_contested",
    "lead_events": "lead_events",
    "finish_batch": "evaluation_queue",
    "refresh_materialised_views": "mv_links",
    "run_checks": "check_results",
}
"""A table that each step writes late in its transaction; match rules write candidates_this_run."""

STEPS = step_names("identity_ingestion")


@pytest.fixture(scope="module")
def crash_template(server: Any, migrated_template: str) -> Iterator[str]:
    """Name of a database with yesterday ingested and today not."""
    name = server.create("template_crash", template=migrated_template)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(name))
        with psycopg.connect(server.uri(name), autocommit=True) as connection:
            crashes.yesterday(connection)
            crashes.today(connection)
            connection.execute(
                "create materialized view public.mv_links as"
                " select match_rule, count(*) as links from canon.identity_links group by match_rule"
            )
            connection.execute(crashes.GATES)  # type: ignore[arg-type]
    yield name
    server.drop(name)


@pytest.fixture
def unfinished_day(
    server: Any, crash_template: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Warehouse]]:
    """Create warehouses with today to be ingested."""
    made: list[Warehouse] = []
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")

    def make() -> Warehouse:
        name = server.create(template=crash_template)
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(name))
        made.append(psycopg.connect(server.uri(name), autocommit=True))
        return made[-1]

    yield make
    for connection in made:
        name = connection.info.dbname
        connection.close()
        server.drop(name)


_undisturbed: list[Settled] = []


@pytest.fixture
def undisturbed(unfinished_day: Callable[[], Warehouse]) -> Settled:
    """The result of a run without a crash."""
    if not _undisturbed:
        warehouse = unfinished_day()
        ingest()
        _undisturbed.append(results.settled(warehouse))
    return _undisturbed[0]


def runs_of(warehouse: Warehouse) -> list[tuple[str, str | None]]:
    return warehouse.execute("select status::text, error_message from ops.ingestion_runs order by id").fetchall()


def test_the_day_has_work_for_every_step(undisturbed: Settled) -> None:
    text = "\n".join(row for rows in undisturbed.values() for row in rows)
    for sign in (
        "R1_PHONE",
        "R3_PLATE",
        "R4_CAR",
        "DRIVER_DIRECT",
        "DRIVER_MATCH",
        "NO_CANDIDATES",
        "MISSING_KEYS",
        "REPLACED_RECORD",
        "SOURCE_GONE",
    ):
        assert sign in text
    for table in ("identity_contested", "identity_aliases", "shared_values"):
        assert undisturbed[f"canon.{table}"], table
    assert undisturbed["canon.evaluation_queue"] == undisturbed["canon.dirty_keys"] == []


@pytest.mark.parametrize("step", STEPS, ids=[step.rsplit(".", 1)[-1] for step in STEPS])
def test_a_run_killed_before_in_or_right_after_a_step_is_made_good_by_the_next(
    step: str, undisturbed: Settled, unfinished_day: Callable[[], Warehouse]
) -> None:
    warehouse = unfinished_day()
    table = WRITES.get(step.rsplit(".", 1)[-1], "candidates_this_run")

    before_it = Child(stop_before=step)
    before_it.reached()
    before_it.kill()
    let_time_pass(warehouse)

    for gate in (table, "run_steps"):  # in its transaction; and after its commit, before anybody knows
        in_it = Child(stop_before=step)
        in_it.reached()
        with closed_gate(warehouse, gate):
            in_it.go_on()
            wait_until(lambda: somebody_waits(warehouse))
            in_it.kill()
        wait_until(lambda: nobody_is_left(warehouse))
        let_time_pass(warehouse)
    ingest()

    yesterday, *killed, last = runs_of(warehouse)
    assert yesterday == last == ("COMPLETED", None)
    assert [status for status, _ in killed] == ["FAILED"] * 3
    assert all(error and error.startswith("Abandoned: ") for _, error in killed)
    assert results.settled(warehouse) == undisturbed


def test_the_next_run_waits_out_the_silence_of_a_killed_one(unfinished_day: Callable[[], Warehouse]) -> None:
    warehouse = unfinished_day()
    child = Child(stop_before=STEPS[-1])
    child.reached()
    child.kill()

    ingest()  # one second of silence, by the setting, is enough

    assert [status for status, _ in runs_of(warehouse)] == ["COMPLETED", "FAILED", "COMPLETED"]


def test_a_killed_first_run_of_all_is_made_good(
    warehouses: Callable[[], Warehouse], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")
    at_once, interrupted = warehouses(), None
    crashes.today(at_once)
    ingest()
    expected = results.settled(at_once)

    interrupted = warehouses()
    crashes.today(interrupted)
    for step in STEPS[::4]:
        child = Child(stop_before=step)
        child.reached()
        child.kill()
        let_time_pass(interrupted)
    ingest()

    assert results.settled(interrupted) == expected
