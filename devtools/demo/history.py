"""The month before the demo: runs, alerts and days, as the runs of each day would have left them.

A tower that has just been built knows no yesterday. So the runs that the schedule would have started are recorded, the
health checks of two incidents are carried out at their time, and each day is counted from what had arrived by then. The
checks, the audit chain and the pages make no difference between these and other rows.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from control_tower.jobs import JobType
from control_tower.monitoring import health_check, limits, probes
from control_tower.monitoring.check_history import record_results
from control_tower.monitoring.states import QUALITY_LIMITS
from control_tower.settings import get_settings
from devtools.demo.context import DemoContext
from devtools.demo.sql_files import read_sql
from devtools.demo.terminal import QUIET

DAYS = 31
IDENTITY: JobType = "identity_run"
ATTRIBUTION: JobType = "scout_attribution_refresh"
HOURS: dict[JobType, range] = {IDENTITY: range(0, 24, 6), ATTRIBUTION: range(0, 24, 4)}
"""Hours at which the schedule starts each job."""
LATER = timedelta(seconds=40)
"""So long the second job waits where both are due."""

FAILED_DAYS_AGO, FAILED_AT = 19, time(8)
"""One attribution run failed; the next one was well."""
FAILURE = "The database refused the connection: too many clients already."
STOPPED_DAYS_AGO, STOPPED_AT, STOPPED_HOURS = 9, time(6), 30
"""No identity ingestion ran for these hours: the scheduler was stopped."""
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class EarlierRun:
    """A run of an earlier day."""

    job_type: JobType
    started_at: datetime
    seconds: float
    error: str | None = None


def earlier_runs(now: datetime, zone: ZoneInfo) -> list[EarlierRun]:
    """The runs of the last 31 days that the schedule would have started, the oldest first; the last ended an hour ago.

    Args:
        now: The time, with its zone.
        zone: Of the schedule.
    """
    today = now.astimezone(zone).date()
    stopped_from = datetime.combine(today - timedelta(days=STOPPED_DAYS_AGO), STOPPED_AT, zone)
    failed_at = datetime.combine(today - timedelta(days=FAILED_DAYS_AGO), FAILED_AT, zone)

    def found() -> Iterator[EarlierRun]:
        for ago in range(DAYS, -1, -1):
            for job, hours in HOURS.items():
                for hour in hours:
                    due = datetime.combine(today - timedelta(days=ago), time(hour), zone)
                    if due > now - timedelta(hours=1):
                        continue
                    if job == IDENTITY and stopped_from <= due < stopped_from + timedelta(hours=STOPPED_HOURS):
                        continue
                    seconds = 7.0 + (ago * 7 + hour * 3) % 11 / 2
                    error = FAILURE if job == ATTRIBUTION and due == failed_at else None
                    yield EarlierRun(job, due + (LATER if job == ATTRIBUTION else timedelta(0)), seconds, error)

    return sorted(found(), key=lambda run: run.started_at)


def record_earlier_runs(context: DemoContext) -> None:
    """Record the runs of a month and its alerts. Comes before the first run, so that later runs have later numbers."""
    zone = ZoneInfo(get_settings().timezone)
    now = health_check.clock(context.connection)
    runs = earlier_runs(now, zone)
    today = now.astimezone(zone).date()
    failed = datetime.combine(today - timedelta(days=FAILED_DAYS_AGO), FAILED_AT, zone)
    back = datetime.combine(today - timedelta(days=STOPPED_DAYS_AGO), STOPPED_AT, zone) + timedelta(hours=STOPPED_HOURS)
    stale = datetime.combine(today - timedelta(days=STOPPED_DAYS_AGO - 1), time(0), zone)
    checks: list[tuple[datetime, JobType]] = [
        (failed + QUARTER, ATTRIBUTION),
        (failed + timedelta(hours=4) + QUARTER, ATTRIBUTION),
        (stale + QUARTER, IDENTITY),
        (back + QUARTER, IDENTITY),
    ]
    limits.write_limits(context.connection)
    previous: dict[JobType, datetime] = {}
    statement = read_sql("earlier_run.sql")
    with without_log(), context.connection.transaction():
        for run in runs:
            while checks and checks[0][0] < run.started_at:
                _check(context, *checks.pop(0))
            context.connection.execute(
                statement,
                {
                    "job_type": run.job_type,
                    "started_at": run.started_at,
                    "seconds": run.seconds,
                    "error": run.error,
                    "previous_at": previous.get(run.job_type, run.started_at - timedelta(hours=6)),
                    "timezone": zone.key,
                },
            )
            previous[run.job_type] = run.started_at
        context.connection.execute(
            read_sql("earlier_checks.sql"), {"first_at": runs[0].started_at, "last_at": now - timedelta(minutes=2)}
        )
    context.page.say(
        f"The {len(runs)} runs of the {DAYS} days before are recorded as the schedule would have left them, with two "
        "alerts that are over.",
        QUIET,
    )


def date_the_month(context: DemoContext) -> None:
    """Count each day from what had arrived by then, date the conflicts, and check the quality when it went wrong."""
    asked = {"timezone": get_settings().timezone, "days": DAYS}
    connection = context.connection
    with without_log(), connection.transaction():
        for file in ("earlier_days.sql", "conflict_ages.sql", "partner_ledger.sql"):
            connection.execute(read_sql(file), asked)
        _, most = QUALITY_LIMITS["CONFLICTS_OVER_50"]
        passed = connection.execute(read_sql("too_many_conflicts.sql"), {"limit": most}).fetchone()
        if passed is not None:
            moment = passed[0] + QUARTER
            results, _ = probes.run_probes(probes.ProbeContext(connection, moment), {"quality": probes.quality})
            record_results(connection, results, moment)
            health_check.update_alerts(connection, moment, {})


def _check(context: DemoContext, moment: datetime, job: JobType) -> None:
    health_check.run_job_checks(context.connection, moment, job)
    health_check.update_alerts(context.connection, moment, {})


@contextmanager
def without_log() -> Iterator[None]:
    """Keep the package's log out of the output, which shows the same."""
    package = logging.getLogger("control_tower")
    level = package.level
    package.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        package.setLevel(level)
