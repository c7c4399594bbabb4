"""One health check, in steps that may each be repeated: look and record, tell, send. The DAG is their order."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg

from control_tower.database import connect, explain, fetch_one
from control_tower.jobs import JobType
from control_tower.monitoring import alert_store, grouping, limits, probes
from control_tower.monitoring.alert_store import Queued
from control_tower.monitoring.check_history import bound_history, record, record_health_check
from control_tower.monitoring.check_result import Result, Severity
from control_tower.monitoring.delivery import channels, outbox
from control_tower.monitoring.delivery.outbox import Channel, Sent
from control_tower.monitoring.invariants import broken, invariants, refresh
from control_tower.monitoring.probes import Probe, ProbeContext

STATEMENT_TIMEOUT_MS = 120_000
LOCK_TIMEOUT_MS = 10_000


@contextmanager
def health_session() -> Iterator[psycopg.Connection[Any]]:
    """A session (autocommit) that waits for nobody for long; its errors name the database and the next action."""
    with connect(
        application_name="control_tower health",
        statement_timeout_ms=STATEMENT_TIMEOUT_MS,
        lock_timeout_ms=LOCK_TIMEOUT_MS,
        autocommit=True,
    ) as connection:
        try:
            yield connection
        except psycopg.Error as error:
            raise explain(error, connection) from error


def clock(connection: psycopg.Connection[Any]) -> datetime:
    """The moment, by the database's clock."""
    moment: datetime = fetch_one(connection, "select clock_timestamp()")[0]
    return moment


def run_all_checks(
    connection: psycopg.Connection[Any],
    moment: datetime,
    *,
    configured: Mapping[str, bool | None] | None = None,
    dag_run_id: str | None = None,
) -> dict[str, Any]:
    """Run every check and keep what it found.

    Args:
        connection: Session in autocommit.
        moment: The moment that ages are counted to.
        configured: Whether each channel has what it needs; by default it is asked of Airflow.
        dag_run_id: The DAG run that looks.

    Returns:
        `severity`, and the number of `checks` and of those that are `unhealthy`.
    """
    started = time.perf_counter()
    limits.write_limits(connection)
    context = ProbeContext(connection, moment, configured=channels.configured() if configured is None else configured)
    results, complete = probes.run_probes(context, PROBES)
    results = grouping.union(results)
    record(connection, results, moment, complete=complete)
    seconds = time.perf_counter() - started
    severity = record_health_check(connection, results, moment, seconds=seconds, dag_run_id=dag_run_id)
    return {
        "severity": severity,
        "checks": len(results),
        "unhealthy": sum(result.is_problem for result in results),
        "seconds": round(seconds, 3),
    }


def run_job_checks(connection: psycopg.Connection[Any], moment: datetime, job_type: JobType) -> list[Result]:
    """Look at one pipeline, and at the invariants as they were last found, and keep it."""
    context = ProbeContext(connection, moment, jobs=(job_type,))
    results, _ = probes.run_probes(context, {"invariant": invariants, "pipeline": _pipelines})
    # This is a part of what a health check does by the same name: it may fail here, but being whole here says nothing.
    results = [result for result in grouping.union(results) if result.group != "probe" or result.is_problem]
    record(connection, results, moment)
    return results


def tell(
    connection: psycopg.Connection[Any],
    moment: datetime,
    available: Mapping[str, Channel] | None = None,
    *,
    is_healing: bool = False,
) -> list[Queued]:
    """Bring the episodes in line with what was found, and queue what is to be told."""
    ways = outbox.reachable(connection, channels.available() if available is None else available, moment)
    outbox.give_up(connection, moment)
    return alert_store.update_episodes(connection, moment, channels=ways, is_healing=is_healing)


def send(connection: psycopg.Connection[Any], moment: datetime, available: Mapping[str, Channel] | None = None) -> Sent:
    """Send what is queued."""
    return outbox.deliver(connection, channels.available() if available is None else available, moment)


def latest_severity(connection: psycopg.Connection[Any]) -> tuple[Severity, str]:
    """The worst severity of the last health check, and a line that says how many checks there were."""
    row = fetch_one(  # the last one that was written: a clock that was ahead says nothing of the order
        connection,
        "select severity, checks, unhealthy from ops.health_checks order by id desc limit 1",
    )
    return row[0], f"{row[0]}: {row[1]} checks, {row[2]} unhealthy"


def _pipelines(context: ProbeContext) -> Iterator[Result]:
    yield from probes.pipelines(context, broken(context))


def _counted_sources(context: ProbeContext) -> Iterator[Result]:
    context.connection.execute("select ops.refresh_source_counts()")
    yield from probes.sources(context)


def _renewed_invariants(context: ProbeContext) -> Iterator[Result]:
    refresh(context.connection, context.moment)
    yield from invariants(context)


def _bounded_history(context: ProbeContext) -> Iterator[Result]:
    """Nothing to find; but that old rows cannot be dropped is told like a check that cannot run, and stops no other."""
    bound_history(context.connection, context.moment)
    yield from ()


# Three names are alike. `health.checks` is the result of `monitoring`: how long nobody had looked before this check.
# `health.itself` is no result: the view `ops.v_check_results` derives it when it is read, from the age of the last
# check. `probe.health` says, as `probe.<group>` does for every group here, whether `monitoring` could run at all.
PROBES: dict[str, Probe] = {
    "invariant": _renewed_invariants,  # first: the cause of a failed run may be an invariant
    "pipeline": _pipelines,
    "quality": probes.quality,
    "source": _counted_sources,
    "dag": probes.dags,
    "channel": probes.channels,
    "health": probes.monitoring,
    "history": _bounded_history,
}
