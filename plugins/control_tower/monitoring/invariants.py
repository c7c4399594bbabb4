"""The invariants of `sql/checks` as part of a health check.

Both pipelines check all of them at the end of each run. A health check must stay cheap on a million rows: it runs again
those that could not run, and others as far as half a second of database time allows, broken and oldest first. Of the
rest it takes the latest result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import psycopg

from control_tower.monitoring import checks, grouping, states
from control_tower.monitoring.check_result import Result, Severity, check_name
from control_tower.monitoring.probes import ProbeContext

BUDGET_SECONDS = 0.5
"""Database time that a health check spends on invariants whose latest results are recent."""
MAX_AGE_SECONDS = 12 * 3600.0
"""An older result is renewed at any cost: no pipeline has run for long."""


def rerun_invariants(connection: psycopg.Connection[Any], moment: datetime) -> list[str]:
    """Run the invariants that are due, record their results in `ops.check_results`, and return their names."""
    latest = _latest(ProbeContext(connection, moment))
    left = BUDGET_SECONDS
    ran = []
    for name in sorted(checks.check_names(), key=lambda name: _priority(latest.get(name))):
        known = latest.get(name)
        # The seconds of one that could not run are those that it waited, not its cost.
        is_due = known is None or known["status"] == "CHECK_FAILED" or known["age_seconds"] > MAX_AGE_SECONDS
        if not is_due and known is not None and known["seconds"] > left:
            continue
        result = checks.run_check(connection, name)
        checks.record(connection, result, run_id=None)
        left -= result.seconds
        ran.append(name)
    return ran


def broken_invariants(context: ProbeContext) -> set[str]:
    """Names of the invariants whose latest result is broken."""
    return {name for name, row in _latest(context).items() if row["status"] == "FAILED"}


def invariants(context: ProbeContext) -> Iterator[Result]:
    """The latest result of each invariant."""
    latest = _latest(context)
    for name in checks.check_names():
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
    rows = context.rows("monitoring/latest_invariants.sql", names=checks.check_names())
    return {row["check_name"]: row for row in rows}


def _priority(latest: Mapping[str, Any] | None) -> tuple[int, float]:
    """Sort key: never checked, then broken, then the oldest."""
    if latest is None:
        return (0, 0.0)
    return (1 if latest["status"] != "OK" else 2, -float(latest["age_seconds"]))
