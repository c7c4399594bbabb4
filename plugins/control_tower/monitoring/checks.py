"""Checks: each file of `sql/checks` returns its offenders; none is healthy; the file name is the invariant."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from control_tower.database import SQL_DIR, explain, read_sql
from control_tower.errors import ChecksFailed
from control_tower.parallel import map_in_parallel

log = logging.getLogger(__name__)

SAMPLE = 20
"""So many offenders are kept with a result."""


@dataclass(frozen=True)
class CheckResult:
    """What a check found.

    Attributes:
        name: The invariant, which is the file's stem.
        status: OK; FAILED: there are offenders; CHECK_FAILED: the check itself could not run, which is not OK.
        offenders: How many rows break the invariant; None if the check could not run.
        sample: The first offenders, by column name.
        error: Why the check could not run.
        seconds: How long it took.
        is_retryable: It could not run, but may a little later without anybody doing anything: something was locked.
    """

    name: str
    status: Literal["OK", "FAILED", "CHECK_FAILED"]
    offenders: int | None
    sample: list[dict[str, Any]]
    error: str | None
    seconds: float
    is_retryable: bool = False


def check_names() -> list[str]:
    """Names of all checks, in order."""
    return sorted(path.stem for path in (SQL_DIR / "checks").glob("*.sql"))


def run_check(connection: psycopg.Connection[Any], name: str) -> CheckResult:
    """Run one check inside a savepoint, so that its failure leaves the session usable."""
    started = time.perf_counter()
    try:
        with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(read_sql(f"checks/{name}.sql"))
            sample = cursor.fetchmany(SAMPLE)
            offenders = cursor.rowcount
    except psycopg.Error as error:
        explained = explain(error, connection)
        seconds = time.perf_counter() - started
        return CheckResult(name, "CHECK_FAILED", None, [], str(explained), seconds, explained.is_retryable)
    status: Literal["OK", "FAILED"] = "FAILED" if offenders else "OK"
    return CheckResult(name, status, offenders, sample, None, time.perf_counter() - started)


def keep(connection: psycopg.Connection[Any], result: CheckResult, run_id: int | None) -> None:
    """Keep a result in `ops.check_results`.

    Args:
        connection: Session in autocommit, so that results outlive a failure.
        result: What the check found.
        run_id: The run that it belongs to; None: it was a health check.
    """
    connection.execute(
        "insert into ops.check_results"
        " (run_id, check_name, checked_at, status, offenders, sample, error, seconds, is_retryable)"
        " values (%s, %s, clock_timestamp(), %s, %s, %s, %s, %s, %s)",
        [
            run_id,
            result.name,
            result.status,
            result.offenders,
            Jsonb(result.sample, dumps=_dumps),
            result.error,
            round(result.seconds, 3),
            result.is_retryable,
        ],
    )


def run_checks(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Run every check, keep the results in `ops.check_results`, and report.

    Args:
        connection: Session in autocommit, so that results outlive a failure.
        run_id: The run that they belong to.

    Returns:
        `checks`: how many ran.

    Raises:
        ChecksFailed: an invariant is broken or could not be checked.
    """
    results = map_in_parallel(connection, run_check, check_names())  # each looks at much and writes nothing
    for result in results:
        keep(connection, result, run_id)
        mark = "ok" if result.status == "OK" else result.status
        log.info("%-55s %-12s %6.2f s  %s", result.name, mark, result.seconds, result.error or "")
        for offender in result.sample[:3]:
            log.warning("    offender: %s", offender)
    broken = [result.name for result in results if result.status != "OK"]
    if broken:
        raise ChecksFailed(broken)
    return {"checks": len(results)}


def _dumps(value: Any) -> str:
    """JSON of column values, whatever their type; what JSON lacks is written as text."""
    import json

    return json.dumps(value, default=str)
