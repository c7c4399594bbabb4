"""One health check in three idempotent parts: run and record the checks, update the alerts, deliver the messages."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import psycopg

from control_tower.database import fetch_one, session
from control_tower.jobs import JobType
from control_tower.monitoring import alert_store, grouping, limits, probes
from control_tower.monitoring.alert_store import QueuedMessage
from control_tower.monitoring.audit_seal import seal_line
from control_tower.monitoring.check_history import prune_history, record_health_check, record_results
from control_tower.monitoring.check_result import Group, Result, Severity
from control_tower.monitoring.checks import broken_invariants, invariants, rerun_invariants
from control_tower.monitoring.delivery import channels, outbox
from control_tower.monitoring.delivery.outbox import Channel, DeliveryCounts
from control_tower.monitoring.probes import Probe, ProbeContext

STATEMENT_TIMEOUT_MS = 120_000
LOCK_TIMEOUT_MS = 10_000


def health_session() -> AbstractContextManager[psycopg.Connection[Any]]:
    """A session with short timeouts."""
    return session("control_tower health", statement_timeout_ms=STATEMENT_TIMEOUT_MS, lock_timeout_ms=LOCK_TIMEOUT_MS)


def clock(connection: psycopg.Connection[Any]) -> datetime:
    """The time by the database's clock."""
    moment: datetime = fetch_one(connection, "select clock_timestamp()")[0]
    return moment


def run_all_checks(
    connection: psycopg.Connection[Any],
    moment: datetime,
    *,
    configured: Mapping[str, bool | str | None] | None = None,
    dag_run_id: str | None = None,
) -> dict[str, Any]:
    """Run every check and record the results.

    Ages are counted up to `moment`. By default Airflow is asked which channels are configured.

    Returns:
        The worst `severity`, the number of `checks`, how many are `unhealthy`, and the `seconds` it took.
    """
    started = time.perf_counter()
    limits.write_limits(connection)
    context = ProbeContext(connection, moment, configured=channels.configured() if configured is None else configured)
    results, complete = probes.run_probes(context, PROBES)
    results = grouping.group_by_cause(results)
    record_results(connection, results, moment, complete=complete)
    seconds = time.perf_counter() - started
    severity = record_health_check(connection, results, moment, seconds=seconds, dag_run_id=dag_run_id)
    return {
        "severity": severity,
        "checks": len(results),
        "unhealthy": sum(result.is_problem for result in results),
        "seconds": round(seconds, 3),
    }


def run_job_checks(connection: psycopg.Connection[Any], moment: datetime, job_type: JobType) -> list[Result]:
    """Check one pipeline, read the latest results of the invariants, and record both."""
    context = ProbeContext(connection, moment, jobs=(job_type,))
    results, _ = probes.run_probes(context, {"invariant": invariants, "pipeline": _pipelines})
    # These probes do less than those of a full health check: their success must not close an alert about the latter.
    results = [result for result in grouping.group_by_cause(results) if result.group != "probe" or result.is_problem]
    record_results(connection, results, moment)
    return results


def update_alerts(
    connection: psycopg.Connection[Any],
    moment: datetime,
    available: Mapping[str, Channel] | None = None,
    *,
    is_healing: bool = False,
) -> list[QueuedMessage]:
    """Update the episodes from the latest results and queue the messages that are due."""
    names = outbox.channels_to_queue_for(connection, channels.available() if available is None else available, moment)
    outbox.give_up(connection, moment)
    return alert_store.update_episodes(connection, moment, channels=names, is_healing=is_healing)


def deliver_messages(
    connection: psycopg.Connection[Any], moment: datetime, available: Mapping[str, Channel] | None = None
) -> DeliveryCounts:
    """Send the queued messages."""
    return outbox.deliver(connection, channels.available() if available is None else available, moment)


def latest_severity(connection: psycopg.Connection[Any]) -> tuple[Severity, str]:
    """The worst severity of the last health check, and one line with its counts and the newest link of the audit."""
    row = fetch_one(  # the last row written, since the clock may have been ahead for a while
        connection,
        "select severity, checks, unhealthy from ops.health_checks order by id desc limit 1",
    )
    return row[0], f"{row[0]}: {row[1]} checks, {row[2]} unhealthy; {seal_line(connection)}"


def _pipelines(context: ProbeContext) -> Iterator[Result]:
    yield from probes.pipelines(context, broken_invariants(context))


def _count_and_check_sources(context: ProbeContext) -> Iterator[Result]:
    context.connection.execute("select ops.grant_sources()")
    context.connection.execute("select ops.refresh_source_counts()")
    context.connection.execute("select ops.record_source_volumes(%s)", [context.moment])
    yield from probes.sources(context)


def _rerun_and_read_invariants(context: ProbeContext) -> Iterator[Result]:
    rerun_invariants(context.connection, context.moment)
    yield from invariants(context)


def _prune_history(context: ProbeContext) -> Iterator[Result]:
    """No results; run as a probe so that a failure is reported as `probe.history` and stops no other check."""
    prune_history(context.connection, context.moment)
    yield from ()


# Do not confuse: `health.checks` is the result of `interruptions`, the time since the last health check.
# `health.itself` is computed by the view `ops.v_check_results` when it is read, from the age of the last check.
# `probe.health` says whether `interruptions` could run, as `probe.<group>` does for every group.
PROBES: dict[Group, Probe] = {
    "invariant": _rerun_and_read_invariants,  # first: a broken invariant may be the cause of a failed run
    "pipeline": _pipelines,
    "quality": probes.quality,
    "source": _count_and_check_sources,
    "payments": probes.payments,
    "dag": probes.dags,
    "channel": probes.channels,
    "health": probes.health,
    "history": _prune_history,
}
