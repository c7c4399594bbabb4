"""Keeps what checks found: the latest result of each, every change of state, and that somebody looked at all."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from control_tower.database import execute_file, read_sql
from control_tower.monitoring.check_result import NOBODY_ASKED, Result, Severity, worst
from control_tower.settings import get_settings

log = logging.getLogger(__name__)

ALERTS_LOCK = "select pg_advisory_xact_lock(hashtextextended('control_tower alerts', 0))"
"""Results and episodes change one at a time: a health check and a failing task may look at the same moment."""


def record(
    connection: psycopg.Connection[Any], results: Sequence[Result], moment: datetime, *, complete: Collection[str] = ()
) -> None:
    """Keep results, in one transaction.

    Args:
        connection: Session in autocommit.
        results: What was found.
        moment: When it was looked.
        complete: Groups of which everything was looked at: what is not among the results exists no more.
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
                    "value": _json(result.value),
                    "limit_value": _json(result.limit),
                    "details": _json(result.details),
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
    """Note that everything was looked at, and return the worst severity found.

    Args:
        connection: Session in autocommit.
        results: All that was found.
        moment: When it was looked.
        seconds: Database time that it took.
        dag_run_id: The DAG run that looked.
    """
    severity = worst([result.severity for result in results if result.state not in NOBODY_ASKED])
    connection.execute(
        "insert into ops.health_checks (checked_at, severity, checks, unhealthy, seconds, dag_run_id)"
        " values (%s, %s, %s, %s, %s, %s)",
        [moment, severity, len(results), sum(result.is_problem for result in results), round(seconds, 3), dag_run_id],
    )
    return severity


def bound_history(connection: psycopg.Connection[Any], moment: datetime) -> None:
    """Drop what is older than the days of the setting.

    Args:
        connection: Session in autocommit.
        moment: Now.
    """
    with connection.transaction():
        days = get_settings().health_history_days
        execute_file(connection, "monitoring/prune_history.sql", {"moment": moment, "days": days})


def _json(value: Any) -> Jsonb:
    return Jsonb(dict(value), dumps=lambda found: json.dumps(found, default=str))
