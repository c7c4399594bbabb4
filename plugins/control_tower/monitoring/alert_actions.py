"""What humans do about an alert: acknowledge it, mute it, unmute it. Each says who and why."""

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

LONGEST_MUTE = timedelta(days=90)
"""A mute that nobody remembers is a broken alarm."""


@dataclass(frozen=True)
class Acknowledgement:
    """Somebody takes care of an alert: it is not repeated, unless it gets worse.

    Attributes:
        episode_id: The alert.
        cause: What it is about.
        who: Who takes care.
        at: Since when.
        reason: What they say to it.
    """

    episode_id: int
    cause: str
    who: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Mute:
    """Silence about a check or a cause.

    Attributes:
        id: Its number.
        target: The check, for example `source.drivers`, or the cause, for example `sources`.
        who: Who wants it.
        until: When it ends by itself.
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
    """Acknowledge an open alert; doing it again replaces who and why.

    Args:
        episode_id: Its number in `ops.v_open_alerts`.
        who: Who takes care of it.
        reason: What is being done; may not be empty.
        connection: Session in autocommit; by default one of its own.

    Raises:
        MuteInvalid: nobody, or no reason.
        UnknownAlert: no open alert has this number.
    """
    who, reason = _said(who, reason)
    with _writing(connection) as session:
        row = session.execute(
            "update ops.alert_episodes set acknowledged_at = clock_timestamp(), acknowledged_by = %s,"
            " acknowledge_reason = %s where id = %s and closed_at is null returning cause, acknowledged_at",
            [who, reason, _number(episode_id)],
        ).fetchone()
    if row is None:
        raise UnknownAlert(
            f"There is no open alert {episode_id}.", "look it up in ops.v_open_alerts; it may be over already."
        )
    return Acknowledgement(episode_id, row[0], who, row[1], reason)


def mute(
    target: str, until: datetime, reason: str, who: str, *, connection: psycopg.Connection[Any] | None = None
) -> Mute:
    """Say nothing about a check or a cause until a moment; a mute in force is replaced.

    What is wrong is recorded and shown all the same. The end of what was told before is told.

    Args:
        target: The name of a check or a cause.
        until: The end, with its time zone, at most 90 days from now.
        reason: Why; may not be empty.
        who: Who wants it.
        connection: Session in autocommit; by default one of its own.

    Raises:
        MuteInvalid: nobody, no reason, or no such end.
        UnknownAlert: there is neither a check nor a cause of this name.
    """
    who, reason = _said(who, reason)
    if until.tzinfo is None:
        raise MuteInvalid(
            "The end of the mute has no time zone.", "say it with one, for example 2026-11-30T08:00-05:00."
        )
    with _writing(connection) as session:
        now = fetch_one(session, "select clock_timestamp()")[0]
        if not now < until <= now + LONGEST_MUTE:
            raise MuteInvalid(
                f"A mute cannot end at {until.isoformat()}.",
                f"choose a moment that is to come, at most {LONGEST_MUTE.days} days from now.",
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
    """End the mute of a check or a cause before its time.

    Raises:
        MuteInvalid: nobody ends it.
        UnknownAlert: it is not muted.
    """
    who, _ = _said(who, "unmuted")
    with _writing(connection) as session:
        now = fetch_one(session, "select clock_timestamp()")[0]
        ended = session.execute(read_sql("monitoring/end_mutes.sql"), {"target": target, "who": who, "moment": now})
        if not ended.rowcount:
            raise UnknownAlert(f"{target!r} is not muted.", "look at muted_until in ops.v_check_results.")


def _said(who: str, reason: str) -> tuple[str, str]:
    who, reason = ((text or "").replace("\x00", "").strip() for text in (who, reason))
    if not who:
        raise MuteInvalid("It does not say who wants this.", "say who.")
    if not reason:
        raise MuteInvalid("It gives no reason.", "say why, for whoever wonders at the silence.")
    return who, reason


def _number(episode_id: int) -> int:
    """A number that PostgreSQL's bigint can hold; nobody's number otherwise."""
    return episode_id if isinstance(episode_id, int) and 0 < episode_id < 2**63 else 0


@contextmanager
def _writing(connection: psycopg.Connection[Any] | None) -> Iterator[psycopg.Connection[Any]]:
    """One transaction, taken in turn with health checks."""
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
