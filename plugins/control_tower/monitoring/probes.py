"""Looks at one part of the system each and returns what it found; decides nothing about alerts, writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast, get_args

import psycopg
from psycopg.rows import dict_row

from control_tower.database import explain, read_sql
from control_tower.errors import ControlTowerError
from control_tower.jobs import JobType
from control_tower.monitoring import grouping
from control_tower.monitoring.check_result import CHECK_FAILED, NOT_CONFIGURED, Result, Severity
from control_tower.monitoring.delivery.outbox import GIVE_UP_AFTER
from control_tower.settings import get_settings

CHECK_INTERVAL_SECONDS = 900.0
"""How often pipeline_health runs."""
LONGEST_GAP_SECONDS = 4 * CHECK_INTERVAL_SECONDS
"""A longer gap between two health checks is told: nobody was watching."""
DELIVERY_RED_SECONDS = 24 * 3600.0
"""A channel that has been failing for longer is RED."""

UNREADABLE = "Airflow's connection of this channel is there, but cannot be read."

QUALITY_LIMITS = {
    "SATISFACTORY_BELOW_50": ("satisfactory_pct", 50.0),
    "SATISFACTORY_BELOW_80": ("satisfactory_pct", 80.0),
    "CONFLICTS_OVER_50": ("conflicts_count", 50),
    "CONFLICTS_OVER_100": ("conflicts_count", 100),
}
"""The number that each reason of poor attribution quality breaks."""

JOBS: tuple[JobType, ...] = get_args(JobType)


@dataclass(frozen=True)
class ProbeContext:
    """Where and when to look.

    Attributes:
        connection: Session in autocommit.
        moment: The moment that ages are counted to.
        jobs: Pipelines to look at.
        configured: Whether each channel has what it needs, by name; None: its connection cannot be read.
    """

    connection: psycopg.Connection[Any]
    moment: datetime
    jobs: Sequence[JobType] = JOBS
    configured: Mapping[str, bool | None] | None = None

    def rows(self, file: str, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of a query below `sql/`, by column name."""
        with self.connection.transaction(), self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(read_sql(file), {"moment": self.moment, **parameters}).fetchall()


Probe = Callable[[ProbeContext], Iterator[Result]]


def run_probes(context: ProbeContext, probes: Mapping[str, Probe]) -> tuple[list[Result], set[str]]:
    """Run probes; one that cannot run is a result of its own, `probe.<group>`, and not a healthy one.

    Returns:
        The results, and the groups that were looked at completely.
    """
    results: list[Result] = []
    complete = set()
    for group, probe in probes.items():
        try:
            found = list(probe(context))
        except (psycopg.Error, ControlTowerError) as error:
            explained = explain(error, context.connection) if isinstance(error, psycopg.Error) else error
            if context.connection.broken:
                raise explained from error
            results.append(failed(f"probe.{group}", explained))
        else:
            complete.add(group)
            results += found
            results.append(Result(f"probe.{group}", "OK", "OK", grouping.HEALTH))
    return results, complete


def failed(check_name: str, error: ControlTowerError, cause: str = grouping.HEALTH) -> Result:
    """The result of a check that could not run: YELLOW when the next one may well succeed, else RED."""
    severity: Severity = "YELLOW" if error.is_retryable else "RED"
    return Result(check_name, severity, CHECK_FAILED, cause, details={"error": str(error)})


def pipelines(context: ProbeContext, broken_invariants: Collection[str]) -> Iterator[Result]:
    """The state of each pipeline."""
    for row in context.rows("monitoring/pipelines.sql", job_types=list(context.jobs)):
        state, error = row["state"], row["last_run_error"]
        measured = {"age_seconds": _seconds(row["age"]), "running_seconds": None}
        if row["running_since"] is not None:
            measured["running_seconds"] = (context.moment - row["running_since"]).total_seconds()
        limit = limits().get(state, {})
        yield Result(
            f"pipeline.{row['job_type']}",
            row["severity"],
            state,
            grouping.cause_of_pipeline(row["job_type"], row["states"], error, broken_invariants),
            value={name: measured[name] for name in limit if name in measured},
            limit=limit,
            details={
                "states": row["states"],
                "last_completed_at": _text(row["last_completed_at"]),
                "run_id": row["run_id"],
                "run_status": row["last_run_status"],
                "error": error if "RED_RUN_FAILED" in row["states"] else None,
                "dag_id": row["dag_id"],
                "dag_run_id": row["dag_run_id"],
            },
        )


def limits() -> dict[str, dict[str, Any]]:
    """The number that each state of a pipeline breaks, by state; see the contract's table of states."""
    settings = get_settings()
    hour = 3600.0
    return {
        "YELLOW_INGESTION_STALE": {"age_seconds": 24 * hour},
        "RED_INGESTION_STALE": {"age_seconds": 48 * hour},
        "YELLOW_ATTRIBUTION_STALE": {"age_seconds": 4.5 * hour},
        "RED_ATTRIBUTION_STALE": {"age_seconds": 24 * hour},
        "YELLOW_RUN_STUCK": {"running_seconds": settings.stuck_after_minutes * 60.0},
        "YELLOW_NO_NEW_DATA": {"no_new_data_days": settings.no_new_data_days},
    }


def quality(context: ProbeContext) -> Iterator[Result]:
    """How well scouts are attributed. When nothing but the job is wrong, the state says so."""
    severities: dict[str, Severity] = {"OK": "OK", "WARN": "YELLOW", "FAIL": "RED"}
    for row in context.rows("monitoring/quality.sql"):
        severity, reasons = severities[row["state"]], row["reasons"]
        cause = grouping.cause_of_quality(reasons)
        name = "ATTRIBUTION_QUALITY" if cause == grouping.ATTRIBUTION_QUALITY else "ATTRIBUTION_JOB"
        limit = {key: number for reason, (key, number) in QUALITY_LIMITS.items() if reason in reasons}
        percentage = row["pct_scout_satisfactory"]
        measured = {
            "satisfactory_pct": None if percentage is None else float(percentage),
            "conflicts_count": row["conflicts_count"],
        }
        yield Result(
            "quality.scout_attribution",
            severity,
            "OK" if severity == "OK" else f"{severity}_{name}",
            cause,
            value={key: found for key, found in measured.items() if key in limit or severity == "OK"},
            limit=limit,
            details={"reasons": reasons, "job_state": row["job_state"]},
        )


def sources(context: ProbeContext) -> Iterator[Result]:
    """The freshness of each source."""
    for row in context.rows("monitoring/sources.sql"):
        yield Result(
            f"source.{row['source_name']}",
            cast("Severity", row["severity"]),
            row["health_status"] if row["severity"] != "OK" else "OK",
            grouping.cause_of_source(row["source_name"]),
            # a source that never received a row has no lag, whatever the view computes
            value={"ingestion_lag_seconds": _seconds(row["max_ingestion_ts"] and row["ingestion_lag_interval"])},
            limit={"cadence_seconds": _seconds(row["expected_cadence"])},
            details={
                "states": row["states"],
                "last_ingested_at": _text(row["max_ingestion_ts"]),
                "last_business_date": _text(row["max_business_date"]),
                "rubbish_count": row["rubbish_count"],
            },
        )


def dags(context: ProbeContext) -> Iterator[Result]:
    """What Airflow says of the DAGs; what it does not say, or said long ago, is UNKNOWN.

    A paused pipeline is told by its own state.
    """
    for row in context.rows("monitoring/dags.sql"):
        states: dict[bool | None, tuple[Severity, str]] = {
            True: ("RED", "RED_DAG_IMPORT_ERROR"),
            False: ("OK", "OK"),
            None: ("UNKNOWN", "DAG_UNKNOWN"),
        }
        severity, state = states[None if row["is_old"] else row["has_import_error"]]
        yield Result(
            f"dag.{row['dag_id']}",
            severity,
            state,
            grouping.cause_of_dag(row["dag_id"]),
            details={
                "is_paused": row["is_paused"],
                "error": row["import_error"],
                "observed_at": _text(row["observed_at"]),
                "dag_id": row["dag_id"],
            },
        )


def channels(context: ProbeContext) -> Iterator[Result]:
    """Whether alerts arrive."""
    found = {row["channel"]: row for row in context.rows("monitoring/channels.sql", longest=GIVE_UP_AFTER)}
    for channel, is_configured in (context.configured or {}).items():
        row = found.get(channel, {})
        failing_seconds = row.get("failing_seconds") or 0.0
        severity: Severity = "OK"
        state = "OK"
        error = row.get("last_error")
        if is_configured is None:
            severity, state, error = "RED", "RED_DELIVERY_FAILING", UNREADABLE
        elif not is_configured:
            severity, state = "UNKNOWN", NOT_CONFIGURED
        elif row.get("given_up") or failing_seconds > DELIVERY_RED_SECONDS:
            severity, state = "RED", "RED_DELIVERY_FAILING"
        elif row.get("failing"):
            severity, state = "YELLOW", "YELLOW_DELIVERY_FAILING"
        yield Result(
            f"channel.{channel}",
            severity,
            state,
            f"channel.{channel}",
            value={"failing_seconds": failing_seconds, "waiting_count": row.get("failing", 0)},
            limit={"failing_seconds": DELIVERY_RED_SECONDS if severity == "RED" else 0.0},
            details={"error": error, "last_sent_at": _text(row.get("last_sent_at"))},
        )


def monitoring(context: ProbeContext) -> Iterator[Result]:
    """Whether somebody was watching since the last health check."""
    gaps = context.rows("monitoring/last_health_check.sql")
    gap = gaps[0]["gap_seconds"] if gaps else 0.0
    is_late = gap > LONGEST_GAP_SECONDS
    yield Result(
        "health.checks",
        "YELLOW" if is_late else "OK",
        grouping.INTERRUPTED if is_late else "OK",
        grouping.HEALTH,
        value={"gap_seconds": gap},
        limit={"gap_seconds": LONGEST_GAP_SECONDS},
        details={"last_check_at": _text(gaps[0]["checked_at"]) if gaps else None},
    )


def _seconds(interval: Any) -> float | None:
    return None if interval is None else float(interval.total_seconds())


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
