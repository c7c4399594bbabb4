"""The chapter on pipeline health: what is checked, and which messages an outage of identity ingestion sends.

Each health check gets its time as a parameter, so that two days pass at once. All of it is rolled back: no alert of the
simulated outage is left.
"""

from __future__ import annotations

import logging
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from control_tower.i18n.catalogue import catalogue
from control_tower.jobs import JobType
from control_tower.monitoring import health_check
from control_tower.monitoring.delivery.message import Message, compose
from devtools.demo.context import DemoContext, UnexpectedResult
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


@dataclass
class MemoryChannel:
    """A channel that keeps its messages, in place of a mailbox."""

    messages: list[tuple[str, Message]] = field(default_factory=list)

    def send(self, facts: Mapping[str, Any], message_id: str) -> None:  # noqa: ARG002 - the signature of a channel
        """Take a message."""
        self.messages.append((facts["kind"], compose(facts, "en")))


def check_health(context: DemoContext) -> None:
    """Run all checks once, then simulate that identity ingestion stops for two days and runs again.

    Raises:
        UnexpectedResult: the wrong messages were sent.
    """
    page = context.page
    page.chapter("Somebody watches: yellow, red, and over")
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
        for part in textwrap.wrap(problem.action or "", 76):
            page.line(f"             {part}", QUIET)
