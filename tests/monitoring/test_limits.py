"""The limit that a message states is the one that the view held the value against: written twice, kept the same."""

from __future__ import annotations

from datetime import timedelta

import pytest

from control_tower.monitoring import probes, states
from control_tower.monitoring.limits import write_limits
from tests.monitoring.watchtower import Watchtower

MICROSECOND = timedelta(microseconds=1)
JOB_OF = {"INGESTION": "identity_run", "ATTRIBUTION": "scout_attribution_refresh"}
AGES = sorted(state for state, limit in probes.pipeline_limits().items() if "age_seconds" in limit)


def states_of(tower: Watchtower, job: str) -> list[str]:
    row = tower.warehouse.execute(
        "select states from ops.v_pipeline_health_at(%s) where job_type = %s", [tower.now, job]
    ).fetchone()
    assert row is not None
    return list(row[0])


def test_all_ages_have_a_limit() -> None:
    assert len(AGES) == 4


@pytest.mark.parametrize("state", AGES)
@pytest.mark.parametrize(("beyond", "is_broken"), [(-MICROSECOND, False), (timedelta(0), False), (MICROSECOND, True)])
def test_an_age_is_held_against_the_limit_that_is_told(
    watchtower: Watchtower, state: str, beyond: timedelta, is_broken: bool
) -> None:
    job = next(job for part, job in JOB_OF.items() if part in state)
    watchtower.run(job, ago=timedelta(seconds=probes.pipeline_limits()[state]["age_seconds"]) + beyond)
    assert (state in states_of(watchtower, job)) is is_broken


@pytest.mark.parametrize(("beyond", "is_broken"), [(-MICROSECOND, False), (timedelta(0), False), (MICROSECOND, True)])
def test_a_run_is_stuck_after_the_limit_that_is_told(
    watchtower: Watchtower, beyond: timedelta, is_broken: bool
) -> None:
    write_limits(watchtower.warehouse)
    limit = timedelta(seconds=probes.pipeline_limits()["YELLOW_RUN_STUCK"]["running_seconds"])
    watchtower.run("identity_run", "RUNNING", ago=limit + beyond)
    assert ("YELLOW_RUN_STUCK" in states_of(watchtower, "identity_run")) is is_broken


@pytest.mark.parametrize("reason", sorted(states.QUALITY_LIMITS))
@pytest.mark.parametrize("beyond", [-1, 0, 1])
def test_quality_is_held_against_the_limit_that_is_told(watchtower: Watchtower, reason: str, beyond: int) -> None:
    name, limit = states.QUALITY_LIMITS[reason]
    number = int(limit) + beyond
    counted = {"satisfactory_pct": (number, 0), "conflicts_count": (100, number)}[name]
    watchtower.all_is_well()
    watchtower.warehouse.execute("delete from canon.attribution_counts")
    watchtower.warehouse.execute(
        "insert into canon.attribution_counts"
        " (persons, satisfactory, conflicts, d_events, a_events, scouting_claims, lead_claims)"
        " values (100, %s, %s, 0, 0, 0, 0)",
        counted,
    )
    row = watchtower.warehouse.execute(
        "select reasons from ops.v_scout_attribution_health_at(%s)", [watchtower.now]
    ).fetchone()
    assert row is not None
    passes = {"BELOW": number >= limit, "OVER": number <= limit}["BELOW" if "BELOW" in reason else "OVER"]
    # a limit that is graver replaces the lighter one
    graver = {"SATISFACTORY_BELOW_80": "SATISFACTORY_BELOW_50", "CONFLICTS_OVER_50": "CONFLICTS_OVER_100"}.get(reason)
    assert (reason in row[0] or graver in row[0]) is not passes


@pytest.mark.parametrize(("beyond", "is_told"), [(-MICROSECOND, False), (timedelta(0), False), (MICROSECOND, True)])
def test_a_gap_is_told_after_the_time_after_which_the_view_shows_that_nobody_looks(
    watchtower: Watchtower, beyond: timedelta, is_told: bool
) -> None:
    watchtower.all_is_well()
    watchtower.check()
    watchtower.now += timedelta(seconds=probes.MAX_GAP_SECONDS) + beyond
    row = watchtower.warehouse.execute(
        "select severity from ops.v_check_results_at(%s) where check_name = 'health.itself'", [watchtower.now]
    ).fetchone()
    assert row == ("YELLOW" if is_told else "OK",)
    watchtower.check()
    assert watchtower.state("health.checks")[0] == row[0]
