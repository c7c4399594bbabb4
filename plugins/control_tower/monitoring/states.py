"""The states of check results that Python code sets or reads, by the names of the contract and the runbook.

A state is a severity and a fault, such as `RED_RUN_FAILED`. Where the severity is decided by something else, or is
UNKNOWN, it is the fault alone. The functions `ops.v_*_health_at` compute the states of pipelines, sources and quality.
"""

from __future__ import annotations

from control_tower.monitoring.check_result import RANK, Severity

OK = "OK"

RUN_FAILED = "RED_RUN_FAILED"
RUN_STUCK = "YELLOW_RUN_STUCK"
DAG_PAUSED = "YELLOW_DAG_PAUSED"
NO_NEW_DATA = "YELLOW_NO_NEW_DATA"
HOURS_UNTIL_STALE = {
    "YELLOW_INGESTION_STALE": 24.0,
    "RED_INGESTION_STALE": 48.0,
    "YELLOW_ATTRIBUTION_STALE": 4.5,
    "RED_ATTRIBUTION_STALE": 24.0,
}
"""Age of the last completed run of a pipeline, in hours, above which each state holds."""
OVERDUE = frozenset({*HOURS_UNTIL_STALE, "RED_NO_INGESTION", "RED_NO_ATTRIBUTION"})
"""States of a pipeline that should have completed a run by now."""

SOURCE_LATE = frozenset({"INGESTION_1D", "INGESTION_STALE", "NO_INGESTION_2D"})
"""Faults that a source passes through while it stays late: one fault, which grows worse."""

VOLUME_DROP = "YELLOW_VOLUME_DROP"
"""Far fewer rows of a source than usual, or many gone at once."""
SOURCE_EMPTIED = "RED_SOURCE_EMPTIED"

PAYMENTS_UNEXPLAINED = "YELLOW_PAYMENTS_UNEXPLAINED"
"""The partner paid what belongs to no claim now."""

NO_PERSONS = "NO_PERSONS"
QUALITY_LIMITS = {
    "SATISFACTORY_BELOW_50": ("satisfactory_pct", 50.0),
    "SATISFACTORY_BELOW_80": ("satisfactory_pct", 80.0),
    "CONFLICTS_OVER_50": ("conflicts_count", 50),
    "CONFLICTS_OVER_100": ("conflicts_count", 100),
}
"""The measured value and the limit behind each reason of poor attribution quality."""

DAG_IMPORT_ERROR = "RED_DAG_IMPORT_ERROR"
DAG_UNKNOWN = "DAG_UNKNOWN"

DELIVERY_FAILING = "YELLOW_DELIVERY_FAILING"
DELIVERY_FAILING_LONG = "RED_DELIVERY_FAILING"
NOT_CONFIGURED = "NOT_CONFIGURED"
"""A channel without a connection."""

INVARIANT_BROKEN = "RED_INVARIANT_BROKEN"
NEVER_CHECKED = "NEVER_CHECKED"

CHECK_FAILED = "CHECK_FAILED"
"""A check that could not run: YELLOW when a retry may succeed, else RED."""
CHECKS_INTERRUPTED = "YELLOW_CHECKS_INTERRUPTED"
VERSIONS_DIFFER = "YELLOW_VERSIONS_DIFFER"
"""DAG files or pages run another version of the package than the one that prepared the database."""
DATABASE_UNREACHABLE = "RED_DATABASE_UNREACHABLE"
CHECKS_IMPOSSIBLE = "CHECKS_IMPOSSIBLE"
"""The database answers, but the health check cannot work on it; written with its severity before it."""

NOT_MONITORED = frozenset({NOT_CONFIGURED, "UNKNOWN"})
"""States of what an installation does without: a channel that is not configured, a source that is not expected. They
do not count towards the severity of the whole."""


def severity_of(state: str) -> Severity:
    """The severity that a state names; UNKNOWN if it names none."""
    prefix = state.partition("_")[0]
    return prefix if prefix in RANK else "UNKNOWN"


def fault_of(state: str) -> str:
    """A state without its severity."""
    return state.removeprefix("YELLOW_").removeprefix("RED_")
