"""Groups problems by cause, so that one fault that shows in several checks makes one alert. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from control_tower.jobs import JOB_OF_DAG
from control_tower.monitoring import states
from control_tower.monitoring.check_result import Result, check_name

# Causes, besides the jobs and `channel.<channel>`.
AIRFLOW = "airflow"
"""Airflow did not run for a while, so that pipelines went stale."""
INVARIANTS = "invariants"
SOURCES = "sources"
ATTRIBUTION_QUALITY = "attribution_quality"
PAYMENTS = "payments"
HEALTH = "health"
DATABASE = "database"

FILLED_BY_IDENTITY = ("lead_events", "ingestion_runs")
"""Sources that the identity pipeline itself writes."""


def cause_of_pipeline(
    job_type: str, pipeline_states: Collection[str], error: str | None, broken_invariants: Collection[str]
) -> str:
    """The cause of a pipeline's state."""
    if states.RUN_FAILED in pipeline_states and any(name in (error or "") for name in broken_invariants):
        return INVARIANTS
    return SOURCES if set(pipeline_states) == {states.NO_NEW_DATA} else job_type


def cause_of_source(source_name: str) -> str:
    """The cause of a source's state: its load, or the pipeline that fills it."""
    return "identity_run" if source_name in FILLED_BY_IDENTITY else SOURCES


def cause_of_quality(reasons: Collection[str]) -> str:
    """The cause of poor attribution quality: the job if all reasons but NO_PERSONS are states of it."""
    of_job = {reason for reason in reasons if states.severity_of(reason) != "UNKNOWN"}
    is_job_alone = bool(of_job) and set(reasons) <= {*of_job, states.NO_PERSONS}
    return "scout_attribution_refresh" if is_job_alone else ATTRIBUTION_QUALITY


def cause_of_dag(dag_id: str) -> str:
    """The cause of a DAG's state: its job, or the monitoring when no job runs in it."""
    return JOB_OF_DAG.get(dag_id, HEALTH)


def group_by_cause(results: Sequence[Result]) -> list[Result]:
    """Set one cause on all results of one health check that show the same fault.

    When health checks were interrupted, Airflow ran no pipelines either: those that are stale get the cause
    `airflow`. Problems whose cause is a pipeline get the cause that the pipeline's own check has.
    """
    if any(result.state == states.CHECKS_INTERRUPTED for result in results):
        results = [replace(result, cause=AIRFLOW) if _is_caused_by_airflow(result) else result for result in results]
    causes = {result.check_name: result.cause for result in results if result.is_problem}
    return [
        replace(result, cause=causes.get(pipeline_check(result.cause), result.cause)) if result.is_problem else result
        for result in results
    ]


def pipeline_check(job_type: str) -> str:
    """The name of a pipeline's check."""
    return check_name("pipeline", job_type)


def distinct_fault(state: str) -> str:
    """The fault of a state as it counts for alerts: all degrees of a late source are one."""
    fault = states.fault_of(state)
    return "LATE" if fault in states.SOURCE_LATE else fault


def _is_caused_by_airflow(result: Result) -> bool:
    is_stale_pipeline = result.group == "pipeline" and result.state in states.HOURS_UNTIL_STALE
    return is_stale_pipeline or result.state == states.CHECKS_INTERRUPTED
