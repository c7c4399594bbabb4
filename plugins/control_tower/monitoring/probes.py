"""Probes: each measures one part of the system and yields results. They write nothing and know nothing of alerts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import psycopg

from control_tower import __version__
from control_tower.database import fetch_rows
from control_tower.driver_errors import BUSY_STATES, explain
from control_tower.errors import ControlTowerError
from control_tower.jobs import JOBS, JobType
from control_tower.monitoring import grouping, states
from control_tower.monitoring.check_result import Group, Result, Severity, check_name
from control_tower.monitoring.delivery.outbox import GIVE_UP_AFTER
from control_tower.settings import get_settings

CHECK_INTERVAL_SECONDS = 900.0
"""How often pipeline_health runs."""
MAX_GAP_SECONDS = 4 * CHECK_INTERVAL_SECONDS
"""Longest time between two health checks that is not reported as an interruption."""
DELIVERY_RED_SECONDS = 24 * 3600.0
"""A channel that has been failing for longer is RED."""

VERSION_CHECK = check_name("health", "version")
"""Whether what runs here is of the version that prepared the database."""
UNREADABLE = "Airflow's connection of this channel is there, but cannot be read."

QUALITY_SEVERITIES: dict[str, Severity] = {"OK": "OK", "WARN": "YELLOW", "FAIL": "RED"}
"""The severity of each state of `ops.v_scout_attribution_health`."""


@dataclass(frozen=True)
class ProbeContext:
    """What every probe gets.

    Ages are counted up to `moment`. `configured` says whether each channel has its connection; None: it cannot be read;
    a text: why it cannot be used.
    """

    connection: psycopg.Connection[Any]
    moment: datetime
    jobs: Sequence[JobType] = JOBS
    configured: Mapping[str, bool | str | None] | None = None

    def rows(self, file: str, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of a query below `sql/`, by column name."""
        with self.connection.transaction():
            return fetch_rows(self.connection, file, {"moment": self.moment, **parameters})


Probe = Callable[[ProbeContext], Iterator[Result]]


def run_probes(context: ProbeContext, probes: Mapping[Group, Probe]) -> tuple[list[Result], set[Group]]:
    """Run probes. Whether one could run is a result of its own, `probe.<group>`.

    Returns:
        The results, and the groups whose probe could run.

    Raises:
        ControlTowerError: The session was lost.
    """
    results: list[Result] = []
    complete: set[Group] = set()
    for group, probe in probes.items():
        name = check_name("probe", group)
        try:
            found = list(probe(context))
        except (psycopg.Error, ControlTowerError) as error:
            explained = explain(error, context.connection) if isinstance(error, psycopg.Error) else error
            if context.connection.broken:
                raise explained from error
            severity: Severity = "YELLOW" if explained.is_retryable else "RED"
            details = {"error": str(explained)}
            results.append(Result(name, severity, states.CHECK_FAILED, grouping.HEALTH, details=details))
        else:
            complete.add(group)
            results += [*found, Result(name, "OK", states.OK, grouping.HEALTH)]
    return results, complete


def pipelines(context: ProbeContext, broken_invariants: Collection[str]) -> Iterator[Result]:
    """The state of each pipeline."""
    for row in context.rows("monitoring/pipelines.sql", job_types=list(context.jobs)):
        state, error = row["state"], row["last_run_error"]
        measured = {"age_seconds": _seconds(row["age"]), "running_seconds": None}
        if row["running_since"] is not None:
            measured["running_seconds"] = (context.moment - row["running_since"]).total_seconds()
        limit = pipeline_limits().get(state, {})
        yield Result(
            grouping.pipeline_check(row["job_type"]),
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
                "error": error if states.RUN_FAILED in row["states"] else None,
                "dag_id": row["dag_id"],
                "dag_run_id": row["dag_run_id"],
            },
        )


def pipeline_limits() -> dict[str, dict[str, float]]:
    """The limit behind each state of a pipeline, by state and name of the value."""
    settings = get_settings()
    return {
        **{state: {"age_seconds": hours * 3600} for state, hours in states.HOURS_UNTIL_STALE.items()},
        states.RUN_STUCK: {"running_seconds": settings.stuck_after_minutes * 60.0},
        states.NO_NEW_DATA: {"no_new_data_days": settings.no_new_data_days},
    }


def quality(context: ProbeContext) -> Iterator[Result]:
    """The quality of scout attribution. When only its job is wrong, the state says so."""
    for row in context.rows("monitoring/quality.sql"):
        severity, reasons = QUALITY_SEVERITIES[row["state"]], row["reasons"]
        cause = grouping.cause_of_quality(reasons)
        fault = "ATTRIBUTION_QUALITY" if cause == grouping.ATTRIBUTION_QUALITY else "ATTRIBUTION_JOB"
        limit = {name: number for reason, (name, number) in states.QUALITY_LIMITS.items() if reason in reasons}
        percentage = row["pct_scout_satisfactory"]
        measured = {
            "satisfactory_pct": None if percentage is None else float(percentage),
            "conflicts_count": row["conflicts_count"],
        }
        yield Result(
            check_name("quality", "scout_attribution"),
            severity,
            states.OK if severity == "OK" else f"{severity}_{fault}",
            cause,
            value={name: number for name, number in measured.items() if name in limit or severity == "OK"},
            limit=limit,
            details={"reasons": reasons, "job_state": row["job_state"]},
        )


def sources(context: ProbeContext) -> Iterator[Result]:
    """The freshness of each source."""
    for row in context.rows("monitoring/sources.sql"):
        is_unreadable = row["health_status"] == states.CHECK_FAILED
        is_busy = is_unreadable and row["code"] in BUSY_STATES
        figures, limits = _volume(row)
        yield Result(
            check_name("source", row["source_name"]),
            cast("Severity", "YELLOW" if is_busy else row["severity"]),
            row["health_status"] if row["severity"] != "OK" else states.OK,
            grouping.cause_of_source(row["source_name"]),
            value={"ingestion_lag_seconds": _seconds(row["ingestion_lag_interval"]), **figures},
            limit={"cadence_seconds": _seconds(row["expected_cadence"]), **limits},
            details={
                "states": row["states"],
                "last_ingested_at": _text(row["max_ingestion_ts"]),
                "last_business_date": _text(row["max_business_date"]),
                "rubbish_count": row["rubbish_count"],
                "duplicate_count": row["duplicate_count"],
                "error": row["problem"] if is_unreadable else None,
                "rows_dated_ahead": row["rows_dated_ahead"],
            },
        )


def _volume(row: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The figures behind a drop of a source's volume, and their limits."""
    value, limit = {}, {}
    if states.VOLUME_DROP in row["states"] and row["usual_rows"] is not None:
        value["day_count"], limit["day_count"], limit["usual_count"] = (
            row["rows_of_day"], row["least_rows"], row["usual_rows"]
        )  # fmt: skip
    if not {states.VOLUME_DROP, states.SOURCE_EMPTIED}.isdisjoint(row["states"]) and row["rows_before"]:
        value["rows_count"], limit["before_count"] = row["total_rows"], row["rows_before"]
    return value, limit


def payments(context: ProbeContext) -> Iterator[Result]:
    """Whether every payment of the partner that paid a claim still does."""
    for row in context.rows("monitoring/payments.sql"):
        state = states.PAYMENTS_UNEXPLAINED if row["payments_count"] else states.OK
        yield Result(
            check_name("payments", "without_claim"),
            states.severity_of(state),
            state,
            grouping.PAYMENTS,
            value={"payments_count": row["payments_count"]},
            limit={"payments_count": 0},
            details={"sample": row["sample"]},
        )


def dags(context: ProbeContext) -> Iterator[Result]:
    """Whether each DAG file loads; UNKNOWN where that was not found out within the last hour.

    That a pipeline's DAG is paused is a state of the pipeline.
    """
    for row in context.rows("monitoring/dags.sql"):
        known = {True: states.DAG_IMPORT_ERROR, False: states.OK}
        state = states.DAG_UNKNOWN if row["is_old"] else known.get(row["has_import_error"], states.DAG_UNKNOWN)
        yield Result(
            check_name("dag", row["dag_id"]),
            states.severity_of(state),
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
    """Whether each channel delivers alerts."""
    deliveries = {row["channel"]: row for row in context.rows("monitoring/channels.sql", longest=GIVE_UP_AFTER)}
    for channel, is_configured in (context.configured or {}).items():
        row = deliveries.get(channel, {})
        failing_seconds = row.get("failing_seconds") or 0.0
        state, error = states.OK, row.get("last_error")
        if is_configured is None:
            state, error = states.DELIVERY_FAILING_LONG, UNREADABLE
        elif isinstance(is_configured, str):
            state, error = states.DELIVERY_FAILING_LONG, is_configured
        elif not is_configured:
            state = states.NOT_CONFIGURED
        elif row.get("given_up") or failing_seconds > DELIVERY_RED_SECONDS:
            state = states.DELIVERY_FAILING_LONG
        elif row.get("failing"):
            state = states.DELIVERY_FAILING
        severity = states.severity_of(state)
        name = check_name("channel", channel)
        yield Result(
            name,
            severity,
            state,
            name,
            value={"failing_seconds": failing_seconds, "waiting_count": row.get("failing", 0)},
            limit={"failing_seconds": DELIVERY_RED_SECONDS if severity == "RED" else 0.0},
            details={"error": error, "last_sent_at": _text(row.get("last_sent_at"))},
        )


def health(context: ProbeContext) -> Iterator[Result]:
    """The health checks themselves: whether they ran, and on a database of their own version."""
    yield from interruptions(context)
    database_version = context.rows("monitoring/database_version.sql")[0]["database_version"]
    state = states.OK if database_version == __version__ else states.VERSIONS_DIFFER
    yield Result(
        VERSION_CHECK,
        states.severity_of(state),
        state,
        grouping.HEALTH,
        details={"database_version": database_version, "dag_version": __version__},
    )


def interruptions(context: ProbeContext) -> Iterator[Result]:
    """Whether health checks ran without interruption since the last one."""
    found = context.rows("monitoring/last_health_check.sql")
    gap = found[0]["gap_seconds"] if found else 0.0
    state = states.CHECKS_INTERRUPTED if gap > MAX_GAP_SECONDS else states.OK
    yield Result(
        check_name("health", "checks"),
        states.severity_of(state),
        state,
        grouping.HEALTH,
        value={"gap_seconds": gap},
        limit={"gap_seconds": MAX_GAP_SECONDS},
        details={"last_check_at": _text(found[0]["checked_at"]) if found else None},
    )


def _seconds(interval: Any) -> float | None:
    return None if interval is None else float(interval.total_seconds())


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
