"""The invariants of `sql/checks` as part of a health check.

Both pipelines check all of them at the end of each run. A health check runs again what could not be checked, and what
is broken, new or old, as far as half a second of database time allows, and takes the latest result of the others: it
must stay cheap on a million rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import psycopg

from control_tower.monitoring import checks, grouping
from control_tower.monitoring.check_result import CHECK_FAILED, Result
from control_tower.monitoring.probes import ProbeContext

BUDGET_SECONDS = 0.5
"""So much database time a health check spends on invariants whose results are recent."""
OLDEST_SECONDS = 12 * 3600.0
"""An older result is renewed whatever it costs: no pipeline has run for long."""


def refresh(connection: psycopg.Connection[Any], moment: datetime) -> list[str]:
    """Run the invariants whose turn it is, keep their results in `ops.check_results`, and return their names."""
    latest = _latest(ProbeContext(connection, moment))
    left = BUDGET_SECONDS
    ran = []
    for name in sorted(checks.check_names(), key=lambda name: _turn(latest.get(name))):
        known = latest.get(name)
        # What could not be checked has no cost that is known: the time it took was time that it waited.
        is_due = known is None or known["status"] == "CHECK_FAILED" or known["age_seconds"] > OLDEST_SECONDS
        if not is_due and known is not None and known["seconds"] > left:
            continue
        result = checks.run_check(connection, name)
        checks.keep(connection, result, run_id=None)
        left -= result.seconds
        ran.append(name)
    return ran


def broken(context: ProbeContext) -> set[str]:
    """Names of the invariants that did not hold when they were last checked."""
    return {name for name, row in _latest(context).items() if row["status"] == "FAILED"}


def invariants(context: ProbeContext) -> Iterator[Result]:
    """The latest result of each invariant."""
    latest = _latest(context)
    for name in checks.check_names():
        row = latest.get(name)
        if row is None:
            yield Result(f"invariant.{name}", "UNKNOWN", "NEVER_CHECKED", grouping.INVARIANTS)
            continue
        states: Mapping[str, tuple[Any, str]] = {
            "OK": ("OK", "OK"),
            "FAILED": ("RED", "RED_INVARIANT_BROKEN"),
            "CHECK_FAILED": ("YELLOW" if row["is_retryable"] else "RED", CHECK_FAILED),
        }
        severity, state = states[row["status"]]
        yield Result(
            f"invariant.{name}",
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


def _turn(latest: Mapping[str, Any] | None) -> tuple[int, float]:
    """Never checked first, then broken, then the oldest."""
    if latest is None:
        return (0, 0.0)
    return (1 if latest["status"] != "OK" else 2, -float(latest["age_seconds"]))
