"""Invariants: each file of `sql/checks` selects the rows that break one; its name is the invariant's.

Both pipelines check all of them at the end of each run. A health check must stay cheap on a million rows: it runs again
those that could not run, and others as far as half a second of database time allows, broken and oldest first. Of the
rest it takes the latest result.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row

from control_tower.database import SQL_DIR, read_sql
from control_tower.driver_errors import explain
from control_tower.errors import ChecksFailed
from control_tower.monitoring import grouping, states
from control_tower.monitoring.audit_seal import seal_line
from control_tower.monitoring.check_history import to_jsonb
from control_tower.monitoring.check_result import Result, Severity, check_name
from control_tower.monitoring.probes import ProbeContext
from control_tower.parallel import map_in_parallel

log = logging.getLogger(__name__)

SAMPLE = 20
"""How many offenders are recorded with a result."""
BUDGET_SECONDS = 0.5
"""Database time that a health check spends on invariants whose latest results are recent."""
MAX_AGE_SECONDS = 12 * 3600.0
"""An older result is renewed at any cost: no pipeline has run for long."""


@dataclass(frozen=True)
class InvariantResult:
    """The result of one invariant: how many rows break it, and the first of them.

    CHECK_FAILED: the query could not run, for the reason in `error`; a retryable one may succeed later, for example
    when a lock is released.
    """

    name: str
    status: Literal["OK", "FAILED", "CHECK_FAILED"]
    offenders: int | None
    sample: list[dict[str, Any]]
    error: str | None
    seconds: float
    is_retryable: bool = False


def check_names() -> list[str]:
    """Names of all invariants, sorted."""
    return sorted(path.stem for path in (SQL_DIR / "checks").glob("*.sql"))


def run_check(connection: psycopg.Connection[Any], name: str) -> InvariantResult:
    """Check one invariant in a savepoint, so that a failure leaves the session usable."""
    started = time.perf_counter()
    try:
        with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(read_sql(f"checks/{name}.sql"))
            sample = cursor.fetchmany(SAMPLE)
            offenders = cursor.rowcount
    except psycopg.Error as error:
        explained = explain(error, connection)
        seconds = time.perf_counter() - started
        return InvariantResult(name, "CHECK_FAILED", None, [], str(explained), seconds, explained.is_retryable)
    status: Literal["OK", "FAILED"] = "FAILED" if offenders else "OK"
    return InvariantResult(name, status, offenders, sample, None, time.perf_counter() - started)


def record(connection: psycopg.Connection[Any], result: InvariantResult, run_id: int | None) -> None:
    """Record a result in `ops.check_results`; without a run it is that of a health check."""
    connection.execute(
        "insert into ops.check_results"
        " (run_id, check_name, checked_at, status, offenders, sample, error, seconds, is_retryable)"
        " values (%s, %s, clock_timestamp(), %s, %s, %s, %s, %s, %s)",
        [
            run_id,
            result.name,
            result.status,
            result.offenders,
            to_jsonb(result.sample),
            result.error,
            round(result.seconds, 3),
            result.is_retryable,
        ],
    )


def run_checks(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Check every invariant, record and log the results.

    The session is in autocommit, so that results outlive a failure.

    Returns:
        `checks`: how many ran.

    Raises:
        ChecksFailed: An invariant is broken or could not be checked.
    """
    results = map_in_parallel(connection, run_check, check_names())
    for result in results:
        record(connection, result, run_id)
        mark = "ok" if result.status == "OK" else result.status
        log.info("%-55s %-12s %6.2f s  %s", result.name, mark, result.seconds, result.error or "")
        for offender in result.sample[:3]:
            log.warning("    offender: %s", offender)
    log.info("%s", seal_line(connection))
    broken = [result.name for result in results if result.status != "OK"]
    if broken:
        raise ChecksFailed(broken)
    return {"checks": len(results)}


def rerun_invariants(connection: psycopg.Connection[Any], moment: datetime) -> list[str]:
    """Run the invariants that are due, record their results in `ops.check_results`, and return their names."""
    latest = _latest(ProbeContext(connection, moment))
    left = BUDGET_SECONDS
    ran = []
    for name in sorted(check_names(), key=lambda name: _priority(latest.get(name))):
        known = latest.get(name)
        # The seconds of one that could not run are those that it waited, not its cost.
        is_due = known is None or known["status"] == "CHECK_FAILED" or known["age_seconds"] > MAX_AGE_SECONDS
        if not is_due and known is not None and known["seconds"] > left:
            continue
        result = run_check(connection, name)
        record(connection, result, run_id=None)
        left -= result.seconds
        ran.append(name)
    return ran


def broken_invariants(context: ProbeContext) -> set[str]:
    """Names of the invariants whose latest result is broken."""
    return {name for name, row in _latest(context).items() if row["status"] == "FAILED"}


def invariants(context: ProbeContext) -> Iterator[Result]:
    """The latest result of each invariant."""
    latest = _latest(context)
    for name in check_names():
        row = latest.get(name)
        if row is None:
            yield Result(check_name("invariant", name), "UNKNOWN", states.NEVER_CHECKED, grouping.INVARIANTS)
            continue
        outcomes: Mapping[str, tuple[Severity, str]] = {
            "OK": ("OK", states.OK),
            "FAILED": ("RED", states.INVARIANT_BROKEN),
            "CHECK_FAILED": ("YELLOW" if row["is_retryable"] else "RED", states.CHECK_FAILED),
        }
        severity, state = outcomes[row["status"]]
        yield Result(
            check_name("invariant", name),
            severity,
            state,
            grouping.INVARIANTS,
            value={"offenders_count": row["offenders"]},
            limit={"offenders_count": 0},
            details={
                "error": row["error"],
                "sample": (row["sample"] or [])[:3],
                "checked_at": row["checked_at"].isoformat(),
                "run_id": row["run_id"],
            },
        )


def _latest(context: ProbeContext) -> dict[str, dict[str, Any]]:
    rows = context.rows("monitoring/latest_invariants.sql", names=check_names())
    return {row["check_name"]: row for row in rows}


def _priority(latest: Mapping[str, Any] | None) -> tuple[int, float]:
    """Sort key: never checked, then broken, then the oldest."""
    if latest is None:
        return (0, 0.0)
    return (1 if latest["status"] != "OK" else 2, -float(latest["age_seconds"]))
