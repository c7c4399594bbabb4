"""Records what checks found: the latest result of each, every change of state, and each health check as a whole."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from control_tower.database import execute_file, read_sql
from control_tower.monitoring.check_result import Result, Severity, worst
from control_tower.monitoring.states import NOT_MONITORED
from control_tower.settings import get_settings

log = logging.getLogger(__name__)

ALERTS_LOCK = "select ops.take_lock('alerts')"
"""Serializes changes of results and episodes: a health check and a failing task may run at the same moment."""


def record_results(
    connection: psycopg.Connection[Any], results: Sequence[Result], moment: datetime, *, complete: Collection[str] = ()
) -> None:
    """Record results in one transaction.

    The probes of the `complete` groups ran completely: their checks without a result are removed.
    """
    statement = read_sql("monitoring/record_check.sql")
    with connection.transaction():
        connection.execute(ALERTS_LOCK)
        for result in sorted(results, key=lambda result: result.check_name):
            connection.execute(
                statement,
                {
                    "check_name": result.check_name,
                    "subject": result.subject,
                    "cause": result.cause,
                    "severity": result.severity,
                    "state": result.state,
                    "value": to_jsonb(result.value),
                    "limit_value": to_jsonb(result.limit),
                    "details": to_jsonb(result.details),
                    "moment": moment,
                },
            )
            if result.is_problem:
                log.warning("%-48s %-8s %s", result.check_name, result.severity, result.state)
        found = [result.check_name for result in results]
        execute_file(
            connection,
            "monitoring/remove_obsolete_checks.sql",
            {"groups": list(complete), "found": found, "moment": moment},
        )


def record_health_check(
    connection: psycopg.Connection[Any],
    results: Sequence[Result],
    moment: datetime,
    *,
    seconds: float,
    dag_run_id: str | None,
) -> Severity:
    """Record that a health check is complete, and return its worst severity."""
    severity = worst(result.severity for result in results if result.state not in NOT_MONITORED)
    connection.execute(
        "insert into ops.health_checks (checked_at, severity, checks, unhealthy, seconds, dag_run_id)"
        " values (%s, %s, %s, %s, %s, %s)",
        [moment, severity, len(results), sum(result.is_problem for result in results), round(seconds, 3), dag_run_id],
    )
    return severity


def prune_history(connection: psycopg.Connection[Any], moment: datetime) -> None:
    """Delete what is older than `CONTROL_TOWER_HEALTH_HISTORY_DAYS` at a moment."""
    with connection.transaction():
        days = get_settings().health_history_days
        execute_file(connection, "monitoring/prune_history.sql", {"moment": moment, "days": days})


def to_jsonb(value: Any) -> Jsonb:
    """A value as `jsonb`; what JSON has no type for is written as text."""
    return Jsonb(value, dumps=lambda found: json.dumps(found, default=str))
