"""A mute holds for what was muted: another state and a later episode speak. Mutes are listed and can be lifted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from control_tower.errors import UnknownAlert
from control_tower.monitoring import lift, mute
from tests.monitoring.watchtower import ATTRIBUTION, IDENTITY, Watchtower

HOUR = timedelta(hours=1)
MINUTES_15 = timedelta(minutes=15)
DAYS = timedelta(days=60)
BY_CAUSE_OR_CHECK = pytest.mark.parametrize("target", [IDENTITY, "pipeline.identity_run"])


def pause(watchtower: Watchtower, *, is_paused: bool = True) -> None:
    watchtower.warehouse.execute(
        "insert into ops.dag_observations (dag_id, is_paused, has_import_error, observed_at)"
        " values ('identity_ingestion', %(is)s, false, %(at)s)"
        " on conflict (dag_id) do update set is_paused = %(is)s, observed_at = %(at)s",
        {"is": is_paused, "at": watchtower.now},
    )


def in_force(watchtower: Watchtower) -> list[tuple[str, str]]:
    """Target of each mute in force, and who ended each that is over."""
    return watchtower.warehouse.execute("select target, muted_by from ops.v_alert_mutes where is_in_force").fetchall()


@pytest.fixture
def paused(watchtower: Watchtower) -> Watchtower:
    """The ingestion is paused on purpose, and that was told."""
    watchtower.all_is_well()
    pause(watchtower)
    watchtower.check()
    return watchtower


@BY_CAUSE_OR_CHECK
def test_another_state_of_a_muted_pipeline_speaks(paused: Watchtower, target: str) -> None:
    mute(target, paused.now + DAYS, "the loader moves house", "ana")
    assert paused.check(MINUTES_15) == []
    paused.run(IDENTITY, "FAILED", error="the disk is full")

    assert paused.check(MINUTES_15) == [("ESCALATED", IDENTITY)]
    told = paused.mail.facts[-1]["problems"][0]
    assert told["state"] == "RED_RUN_FAILED"


@BY_CAUSE_OR_CHECK
def test_a_mute_is_over_with_what_was_muted(paused: Watchtower, target: str) -> None:
    mute(target, paused.now + DAYS, "the loader moves house", "ana")
    paused.now += MINUTES_15
    pause(paused, is_paused=False)
    assert paused.check() == [("CLOSED", IDENTITY)]
    assert in_force(paused) == []
    ended = paused.warehouse.execute("select ended_by from ops.v_alert_mutes").fetchall()
    assert ended == [("pipeline_health",)]

    paused.now += MINUTES_15
    pause(paused)
    assert paused.check() == [("OPENED", IDENTITY)], "a later episode"


def test_of_a_muted_cause_only_what_was_wrong_then_is_silent(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    watchtower.warehouse.execute(
        "insert into ops.dag_observations (dag_id, has_import_error, observed_at) values ('migrate_schema', true, %s)",
        [watchtower.now],
    )
    watchtower.check()
    mute("health", watchtower.now + DAYS, "a known fault", "ana")
    watchtower.check(MINUTES_15)
    watchtower.warehouse.execute(
        "insert into ops.dag_observations (dag_id, has_import_error, observed_at) values ('rehearse', true, %s)",
        [watchtower.now],
    )

    assert watchtower.check(MINUTES_15) == [("EXTENDED", "health")]
    assert [problem["check"] for problem in watchtower.mail.facts[-1]["problems"]] == ["dag.rehearse"]


def test_a_check_that_recovered_within_its_alert_speaks_when_it_fails_again(watchtower: Watchtower) -> None:
    def observe(*broken: str) -> list[tuple[str, str]]:
        for dag in ("migrate_schema", "rehearse"):
            watchtower.warehouse.execute(
                "insert into ops.dag_observations (dag_id, has_import_error, observed_at)"
                " values (%(dag)s, %(is)s, %(at)s)"
                " on conflict (dag_id) do update set has_import_error = %(is)s, observed_at = %(at)s",
                {"dag": dag, "is": dag in broken, "at": watchtower.now},
            )
        return watchtower.check(MINUTES_15)

    watchtower.all_is_well()
    observe("migrate_schema", "rehearse")
    mute("dag.rehearse", watchtower.now + DAYS, "a known fault", "ana")
    assert observe("migrate_schema", "rehearse") == []
    assert observe("migrate_schema") == []
    assert in_force(watchtower) == []
    assert observe("migrate_schema", "rehearse") == [("EXTENDED", "health")]


def test_a_muted_state_that_becomes_worse_speaks_and_one_that_becomes_better_does_not(watchtower: Watchtower) -> None:
    watchtower.run(IDENTITY, ago=30 * HOUR)
    watchtower.run(ATTRIBUTION, ago=-40 * HOUR)
    watchtower.check()
    mute(IDENTITY, watchtower.now + DAYS, "known", "ana")
    assert watchtower.check(MINUTES_15) == []
    watchtower.run(ATTRIBUTION, ago=-40 * HOUR)
    assert ("ESCALATED", IDENTITY) in watchtower.check(19 * HOUR)
    mute(IDENTITY, watchtower.now + DAYS, "known, too", "ana")
    watchtower.run(IDENTITY, ago=30 * HOUR)
    assert watchtower.state("pipeline.identity_run")[0] == "RED"
    assert [message for message in watchtower.check(MINUTES_15) if message[1] == IDENTITY] == []
    assert watchtower.state("pipeline.identity_run") == ("YELLOW", "YELLOW_INGESTION_STALE")


def test_a_mute_before_there_is_a_problem_takes_the_first_and_no_other(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    watchtower.check()
    mute(IDENTITY, watchtower.now + DAYS, "we move the server", "luis")
    watchtower.now += MINUTES_15
    pause(watchtower)
    assert watchtower.check() == []
    watchtower.run(IDENTITY, "FAILED", error="no server")
    assert watchtower.check(MINUTES_15) == [("OPENED", IDENTITY)]


def test_what_is_muted_is_shown_as_muted_only_in_the_states_that_were_muted(paused: Watchtower) -> None:
    mute(IDENTITY, paused.now + DAYS, "known", "ana")
    shown = "select muted_until is not null from ops.v_check_results where check_name = 'pipeline.identity_run'"
    assert paused.warehouse.execute(shown.encode()).fetchone() == (True,)
    paused.run(IDENTITY, "FAILED", error="the disk is full")
    paused.check(MINUTES_15)
    assert paused.warehouse.execute(shown.encode()).fetchone() == (False,)


def test_a_mute_is_lifted_by_its_number_whatever_became_of_it(paused: Watchtower) -> None:
    number = mute("pipeline.identity_run", paused.now + DAYS, "known", "ana").id
    assert in_force(paused) == [("pipeline.identity_run", "ana")]
    paused.warehouse.execute("delete from ops.check_states where check_name = 'pipeline.identity_run'")

    assert lift(number, "luis").target == "pipeline.identity_run"
    assert in_force(paused) == []
    row = paused.warehouse.execute("select muted_by, reason, ended_by from ops.v_alert_mutes").fetchone()
    assert row == ("ana", "known", "luis")
    for unknown in (number, 0, -1, 2**70):
        with pytest.raises(UnknownAlert, match="v_alert_mutes"):
            lift(unknown, "luis")
