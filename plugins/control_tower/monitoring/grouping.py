"""Which problems are one problem: the cause under which a result is told. Pure.

One broken thing shows in several checks. Told once per check it is noise, and the channel gets muted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from control_tower.jobs import JobType
from control_tower.monitoring.check_result import Result

PIPELINES: dict[JobType, str] = {
    "identity_run": "identity_ingestion",
    "scout_attribution_refresh": "scout_attribution_refresh",
}
"""The DAG of each job."""

AIRFLOW = "airflow"
"""Airflow did not run for a while: what went stale meanwhile is its doing."""
INVARIANTS = "invariants"
SOURCES = "sources"
ATTRIBUTION_QUALITY = "attribution_quality"
HEALTH = "health"
DATABASE = "database"

FED_BY_IDENTITY = ("lead_events", "ingestion_runs")
"""Sources that the identity pipeline itself fills."""

INTERRUPTED = "YELLOW_CHECKS_INTERRUPTED"

DEGREES_OF_LATENESS = ("INGESTION_1D", "INGESTION_STALE", "NO_INGESTION_2D")
"""A source that does not come passes through these while time goes by: one fault, told anew when its colour changes."""


def cause_of_pipeline(
    job_type: str, states: Collection[str], error: str | None, broken_invariants: Collection[str]
) -> str:
    """The cause of a pipeline's state.

    Args:
        job_type: The job.
        states: All states that hold.
        error: Why its last run failed, if it did.
        broken_invariants: Invariants that do not hold now.
    """
    if "RED_RUN_FAILED" in states and any(name in (error or "") for name in broken_invariants):
        return INVARIANTS
    return SOURCES if set(states) == {"YELLOW_NO_NEW_DATA"} else job_type


def cause_of_source(source_name: str) -> str:
    """The cause of a source's state: its load, or the pipeline that fills it."""
    return "identity_run" if source_name in FED_BY_IDENTITY else SOURCES


def cause_of_quality(reasons: Collection[str]) -> str:
    """The cause of poor attribution quality: the job, when nothing but the job is wrong.

    Args:
        reasons: As in `ops.v_scout_attribution_health`, where those of the job are its states.
    """
    of_job = [reason for reason in reasons if reason.startswith(("RED_", "YELLOW_"))]
    is_job_alone = bool(of_job) and set(reasons) <= {*of_job, "NO_PERSONS"}
    return "scout_attribution_refresh" if is_job_alone else ATTRIBUTION_QUALITY


def cause_of_dag(dag_id: str) -> str:
    """The cause of what is wrong with a DAG: its job, or the monitoring when it is another one."""
    return next((job for job, its_dag in PIPELINES.items() if its_dag == dag_id), HEALTH)


def union(results: Sequence[Result]) -> list[Result]:
    """Put under one cause what shows in several checks of one look.

    When checks were interrupted, Airflow ran neither them nor the pipelines, and what went stale is its doing. What
    follows from a pipeline has the cause that its pipeline has.
    """
    if any(result.state == INTERRUPTED for result in results):
        results = [replace(result, cause=AIRFLOW) if _is_airflows_doing(result) else result for result in results]
    leaders = {result.check_name: result.cause for result in results if result.is_problem}
    return [
        replace(result, cause=leaders.get(leader_of(result.cause), result.cause)) if result.is_problem else result
        for result in results
    ]


def fault_of(state: str) -> str:
    """What is wrong, however bad it is: the state without its colour, and without the degree of lateness."""
    fault = state.removeprefix("YELLOW_").removeprefix("RED_")
    return "LATE" if fault in DEGREES_OF_LATENESS else fault


def leader_of(cause: str) -> str:
    """The check whose state the others of a pipeline's cause follow from."""
    return f"pipeline.{cause}"


def _is_airflows_doing(result: Result) -> bool:
    is_stale_pipeline = result.group == "pipeline" and "STALE" in result.state
    return result.is_problem and (is_stale_pipeline or result.state == INTERRUPTED)
