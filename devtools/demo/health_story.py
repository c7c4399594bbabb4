"""The chapter on pipeline health: what is checked, and what is said when identity ingestion stands still.

Nobody waits two days for it: each look is given its moment. All of it is rolled back, so that no alert of a made-up
outage is left behind.
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
from devtools.demo.context import Stage, StoryBroken
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
class Reader:
    """A channel that keeps what it is given, in place of a mailbox."""

    messages: list[tuple[str, Message]] = field(default_factory=list)

    def send(self, facts: Mapping[str, Any], message_id: str) -> None:  # noqa: ARG002 - nobody sorts these by id
        """Take a message."""
        self.messages.append((facts["kind"], compose(facts, "en")))


def somebody_watches(stage: Stage) -> None:
    """Check everything once, then let identity ingestion stand still for two days, and run again.

    Raises:
        StoryBroken: other messages were sent than must be.
    """
    page = stage.page
    page.chapter("Somebody watches: yellow, red, and over")
    with without_log(), stage.connection.transaction(force_rollback=True):
        now = health_check.clock(stage.connection)
        found = health_check.run_all_checks(stage.connection, now, configured={"mail": True})
        page.say(f"One health check of the DAG pipeline_health: {found['checks']} checks in {found['seconds']:.2f} s.")
        _tell_groups(stage, now)
        _tell_problems(stage, now)
    page.gap()
    page.say("Now identity ingestion stands still. It is looked at every 15 minutes; this is all that is sent:")
    reader = Reader()
    stopped = _last_completed(stage)
    with without_log(), stage.connection.transaction(force_rollback=True):
        for later in (24, 24.25, 36, 48, 48.25):
            _look(stage, stopped + timedelta(hours=later), reader)
        stage.connection.execute(
            read_sql("pretend_run.sql"), {"job_type": JOB, "moment": stopped + timedelta(hours=49)}
        )
        _look(stage, stopped + timedelta(hours=49) + QUARTER, reader)
    for _, message in reader.messages:
        _show(page, message, message.at - stopped)
    if tuple(kind for kind, _ in reader.messages) != EXPECTED:
        raise StoryBroken(
            f"Instead of {', '.join(EXPECTED)}, these messages were sent: "
            f"{', '.join(kind for kind, _ in reader.messages) or 'none'}.",
            "this is a fault of the product: report it with the size and the seed of the demo.",
        )
    page.gap()
    page.say("By mail and Slack each is one message, in Spanish or English. No outage was kept: it was made up.", QUIET)


@contextmanager
def without_log() -> Iterator[None]:
    """Keep the package's log out of the story, which tells the same in its own words."""
    package = logging.getLogger("control_tower")
    level = package.level
    package.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        package.setLevel(level)


def _tell_groups(stage: Stage, now: datetime) -> None:
    rows = stage.connection.execute(read_sql("states_per_group.sql"), {"moment": now}).fetchall()
    stage.page.table(
        [[GROUPS[group], *counts] for group, *counts in rows if group in GROUPS],
        heads=("checked", "OK", "yellow", "red", "unknown"),
        right=range(1, 5),
    )


def _tell_problems(stage: Stage, now: datetime) -> None:
    """What is not well in the made-up fleet itself."""
    rows = stage.connection.execute(
        "select check_name, state from ops.v_check_results_at(%s) where severity in ('YELLOW', 'RED') order by 1", [now]
    ).fetchall()
    for check_name, state in rows:
        title, _ = catalogue("en").problem(check_name, state)
        stage.page.line(f"{state}   {title}", ATTENTION)


def _last_completed(stage: Stage) -> datetime:
    row = stage.connection.execute(
        "select last_completed_at from ops.v_pipeline_health where job_type = %s", [JOB]
    ).fetchone()
    if row is None or row[0] is None:
        raise LookupError("this chapter comes after a run")
    last: datetime = row[0]
    return last


def _look(stage: Stage, moment: datetime, reader: Reader) -> None:
    health_check.run_job_checks(stage.connection, moment, JOB)
    health_check.update_alerts(stage.connection, moment, {"mail": reader})
    health_check.deliver_messages(stage.connection, moment, {"mail": reader})


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
