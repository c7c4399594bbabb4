"""What people do about an alert: acknowledge, mute, unmute. Each records who and why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from control_tower.database import connect, explain, fetch_one, read_sql
from control_tower.errors import MuteInvalid, UnknownAlert
from control_tower.monitoring.check_history import ALERTS_LOCK

MAX_MUTE = timedelta(days=90)


@dataclass(frozen=True)
class Acknowledgement:
    """An acknowledged alert is not repeated until it gets worse.

    Attributes:
        episode_id: The alert.
        cause: Its cause.
        who: Who acknowledged it.
        at: When.
        reason: What is being done.
    """

    episode_id: int
    cause: str
    who: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Mute:
    """No messages about a check or a cause until a moment.

    Attributes:
        id: Its number.
        target: The check, for example `source.drivers`, or the cause, for example `sources`.
        who: Who muted it.
        until: When it ends.
        reason: Why.
    """

    id: int
    target: str
    who: str
    until: datetime
    reason: str


def acknowledge(
    episode_id: int, who: str, reason: str, *, connection: psycopg.Connection[Any] | None = None
) -> Acknowledgement:
    """Acknowledge an open alert; a second acknowledgement replaces the first.

    Args:
        episode_id: Its number in `ops.v_open_alerts`.
        who: Who acknowledges it.
        reason: What is being done; may not be empty.
        connection: Session in autocommit; by default a new one.

    Raises:
        MuteInvalid: `who` or `reason` is empty.
        UnknownAlert: No open alert has this number.
    """
    who, reason = _required(who, reason)
    with _transaction(connection) as session:
        row = session.execute(
            "update ops.alert_episodes set acknowledged_at = clock_timestamp(), acknowledged_by = %s,"
            " acknowledge_reason = %s where id = %s and closed_at is null returning cause, acknowledged_at",
            [who, reason, _number(episode_id)],
        ).fetchone()
    if row is None:
        raise UnknownAlert(
            f"There is no open alert {episode_id}.", "copy the number from ops.v_open_alerts; it may be closed."
        )
    return Acknowledgement(episode_id, row[0], who, row[1], reason)


def mute(
    target: str, until: datetime, reason: str, who: str, *, connection: psycopg.Connection[Any] | None = None
) -> Mute:
    """Send no messages about a check or a cause until a moment; replaces a mute in force.

    Results are still recorded and shown. An episode that was notified before still gets its closing message.

    Args:
        target: The name of a check or a cause.
        until: The end, with its time zone, at most 90 days from now.
        reason: Why; may not be empty.
        who: Who mutes it.
        connection: Session in autocommit; by default a new one.

    Raises:
        MuteInvalid: `who` or `reason` is empty, or the end is past, too far or without time zone.
        UnknownAlert: No check and no cause has this name.
    """
    who, reason = _required(who, reason)
    if until.tzinfo is None:
        raise MuteInvalid("The end of the mute has no time zone.", "add one, for example 2026-11-30T08:00-05:00.")
    with _transaction(connection) as session:
        now = fetch_one(session, "select clock_timestamp()")[0]
        if not now < until <= now + MAX_MUTE:
            raise MuteInvalid(
                f"A mute cannot end at {until.isoformat()}.",
                f"choose a moment in the future, at most {MAX_MUTE.days} days from now.",
            )
        if not fetch_one(session, read_sql("monitoring/is_mute_target.sql"), {"target": target})[0]:
            raise UnknownAlert(
                f"There is neither a check nor a cause {target!r}.", "copy the name from ops.v_check_results."
            )
        session.execute(read_sql("monitoring/end_mutes.sql"), {"target": target, "who": who, "moment": now})
        row = fetch_one(
            session,
            "insert into ops.alert_mutes (target, reason, muted_by, muted_at, muted_until)"
            " values (%s, %s, %s, %s, %s) returning id",
            [target, reason, who, now, until],
        )
    return Mute(int(row[0]), target, who, until, reason)


def unmute(target: str, who: str, *, connection: psycopg.Connection[Any] | None = None) -> None:
    """End the mute of a check or a cause now.

    Raises:
        MuteInvalid: `who` is empty.
        UnknownAlert: It is not muted.
    """
    who, _ = _required(who, "unmuted")
    with _transaction(connection) as session:
        now = fetch_one(session, "select clock_timestamp()")[0]
        ended = session.execute(read_sql("monitoring/end_mutes.sql"), {"target": target, "who": who, "moment": now})
        if not ended.rowcount:
            raise UnknownAlert(f"{target!r} is not muted.", "see muted_until in ops.v_check_results.")


def _required(who: str, reason: str) -> tuple[str, str]:
    who, reason = ((text or "").replace("\x00", "").strip() for text in (who, reason))
    if not who:
        raise MuteInvalid("The name of the person is missing.", "give the name of who acknowledges, mutes or unmutes.")
    if not reason:
        raise MuteInvalid("The reason is missing.", "give one; it is shown with the alert.")
    return who, reason


def _number(episode_id: int) -> int:
    """The number if PostgreSQL's bigint can hold it, else 0, which no episode has."""
    return episode_id if isinstance(episode_id, int) and 0 < episode_id < 2**63 else 0


@contextmanager
def _transaction(connection: psycopg.Connection[Any] | None) -> Iterator[psycopg.Connection[Any]]:
    """One transaction that excludes health checks."""
    session = connection or connect(application_name="control_tower alerts", lock_timeout_ms=10_000, autocommit=True)
    try:
        with session.transaction():
            session.execute(ALERTS_LOCK)
            yield session
    except psycopg.Error as error:
        raise explain(error, session) from error
    finally:
        if connection is None:
            session.close()
