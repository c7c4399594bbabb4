"""The chapter on pipeline health: what is checked, and which messages an outage of identity ingestion sends.

Each health check gets its time as a parameter, so that two days pass at once. All of it is rolled back: no alert of the
simulated outage is left.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg

from control_tower.i18n.catalogue import catalogue
from control_tower.jobs import JobType
from control_tower.monitoring import health_check
from control_tower.monitoring.delivery.message import Message, compose
from devtools.demo import history
from devtools.demo.context import DemoContext, UnexpectedResult
from devtools.demo.history import without_log
from devtools.demo.sql_files import read_sql
from devtools.demo.terminal import ATTENTION, GOOD, QUIET, Page

JOB: JobType = "identity_run"
QUARTER = timedelta(minutes=15)
STYLES = {"red": ATTENTION, "yellow": ATTENTION, "green": GOOD}
GROUPS = {
    "pipeline": "pipelines: fresh, failed, stuck, paused",
    "quality": "quality of scout attribution",
    "source": "sources: fresh by their cadence",
    "invariant": "invariants of the data",
    "dag": "DAG files, as Airflow sees them",
    "channel": "mail and Slack: do alerts arrive",
    "health": "is anybody watching",
}
EXPECTED = ("OPENED", "ESCALATED", "CLOSED")
WAY_OUT = {"quality": "/scouts/conflicts", "payments": "/scouts/cobranza-yango"}
"""Where the problems of a group of checks are worked off."""


@dataclass
class MemoryChannel:
    """A channel that keeps its messages, in place of a mailbox."""

    messages: list[tuple[str, Message]] = field(default_factory=list)

    def send(self, facts: Mapping[str, Any], message_id: str) -> None:  # noqa: ARG002 - the signature of a channel
        """Take a message about the pipeline; others are of the fleet itself."""
        if facts["cause"] == JOB:
            self.messages.append((facts["kind"], compose(facts, "en")))


def check_health(context: DemoContext) -> None:
    """Run all checks once, then simulate that identity ingestion stops for two days and runs again.

    Raises:
        UnexpectedResult: the wrong messages were sent.
    """
    page = context.page
    page.chapter("Somebody watches: yellow, red, and over")
    history.date_the_month(context)
    with without_log(), context.connection.transaction(force_rollback=True):
        now = health_check.clock(context.connection)
        found = health_check.run_all_checks(context.connection, now, configured={"mail": True})
        page.say(f"One health check of the DAG pipeline_health: {found['checks']} checks in {found['seconds']:.2f} s.")
        _show_groups(context, now)
        _show_problems(context, now)
    page.gap()
    page.say("Now identity ingestion stands still. It is looked at every 15 minutes; this is all that is sent:")
    channel = MemoryChannel()
    stopped = _last_completed(context)
    with without_log(), context.connection.transaction(force_rollback=True):
        for later in (24, 24.25, 36, 48, 48.25):
            _check_at(context, stopped + timedelta(hours=later), channel)
        context.connection.execute(
            read_sql("pretend_run.sql"), {"job_type": JOB, "moment": stopped + timedelta(hours=49)}
        )
        _check_at(context, stopped + timedelta(hours=49) + QUARTER, channel)
    for _, message in channel.messages:
        _show(page, message, message.at - stopped)
    if tuple(kind for kind, _ in channel.messages) != EXPECTED:
        raise UnexpectedResult(
            f"Instead of {', '.join(EXPECTED)}, these messages were sent: "
            f"{', '.join(kind for kind, _ in channel.messages) or 'none'}.",
            "this is a fault of the product: report it with the size and the seed of the demo.",
        )
    page.gap()
    page.say("By mail and Slack each is one message, in Spanish or English. No outage was kept: it was made up.", QUIET)


def leave_the_watch(context: DemoContext) -> None:
    """Run all checks for good: the health page shows what they found, and says why one of them is yellow."""
    page, connection = context.page, context.connection
    page.chapter("How it stands now")
    with without_log():
        now = health_check.clock(connection)
        found = health_check.run_all_checks(connection, now, configured={})
        health_check.update_alerts(connection, now, {})
    problems = connection.execute(read_sql("open_problems.sql")).fetchall()
    well = found["checks"] - len(problems)
    page.say(f"✓ {well} of {found['checks']} checks are well.", GOOD)
    for check_name, severity, state, days, conflicts in problems:
        title, action = catalogue("en").problem(check_name, state)
        since = f"for {days} days" if days else "since today"
        page.say(f"{severity} {since}: {title}", ATTENTION)
        page.say(f"{conflicts:,} conflicts are open." if check_name.startswith("quality.") else action, QUIET)
        page.line(f"/control-tower{WAY_OUT.get(check_name.partition('.')[0], '/health')}", QUIET)


def things_to_try(connection: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """Three things to try on the pages, and where."""
    conflicts, unmatched, statements = connection.execute(read_sql("things_to_try.sql")).fetchone() or (0, 0, 0)
    return [
        (f"Decide one of {conflicts:,} conflicts: who brought them, and what is it worth?", "/review"),
        (f"Choose the person of one of {unmatched:,} records that fit nobody.", "/unmatched"),
        (f"Open one of {statements:,} statements, print it, and mark it as paid.", "/scouts/statements"),
    ]


def _show_groups(context: DemoContext, now: datetime) -> None:
    rows = context.connection.execute(read_sql("states_per_group.sql"), {"moment": now}).fetchall()
    context.page.table(
        [[GROUPS[group], *counts] for group, *counts in rows if group in GROUPS],
        heads=("checked", "OK", "yellow", "red", "unknown"),
        right=range(1, 5),
    )


def _show_problems(context: DemoContext, now: datetime) -> None:
    """Show the problems of the fleet itself."""
    rows = context.connection.execute(
        "select check_name, state from ops.v_check_results_at(%s) where severity in ('YELLOW', 'RED') order by 1", [now]
    ).fetchall()
    for check_name, state in rows:
        title, _ = catalogue("en").problem(check_name, state)
        context.page.say(f"{state}   {title}", ATTENTION)


def _last_completed(context: DemoContext) -> datetime:
    row = context.connection.execute(
        "select last_completed_at from ops.v_pipeline_health where job_type = %s", [JOB]
    ).fetchone()
    if row is None or row[0] is None:
        raise LookupError("this chapter comes after a run")
    last: datetime = row[0]
    return last


def _check_at(context: DemoContext, moment: datetime, channel: MemoryChannel) -> None:
    health_check.run_job_checks(context.connection, moment, JOB)
    health_check.update_alerts(context.connection, moment, {"mail": channel})
    health_check.deliver_messages(context.connection, moment, {"mail": channel})


def _show(page: Page, message: Message, later: timedelta) -> None:
    page.gap()
    hours = later.total_seconds() / 3600
    page.line(f"after {hours:g} h   {message.headline}", STYLES[message.colour])
    for problem in message.problems:
        page.line(f"             {problem.code}", QUIET)
        for label, value in problem.facts:
            if label in ("Measured", "Last completed run"):
                page.line(f"             {label}: {value}", QUIET)
        for part in textwrap.wrap(problem.action or "", 62):
            page.line(f"             {part}", QUIET)
