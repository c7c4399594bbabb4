"""Invariants: each file of `sql/checks` selects the rows that break one; its name is the invariant's."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row

from control_tower.database import SQL_DIR, explain, read_sql
from control_tower.errors import ChecksFailed
from control_tower.monitoring.check_history import to_jsonb
from control_tower.parallel import map_in_parallel

log = logging.getLogger(__name__)

SAMPLE = 20
"""How many offenders are recorded with a result."""


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
    broken = [result.name for result in results if result.status != "OK"]
    if broken:
        raise ChecksFailed(broken)
    return {"checks": len(results)}
