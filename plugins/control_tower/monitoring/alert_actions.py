"""What people do about an alert: acknowledge, mute, unmute or lift a mute. Each records who, when and why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from control_tower.database import fetch_one, fetch_rows, read_sql, session
from control_tower.errors import MuteInvalid, UnknownAlert
from control_tower.monitoring.check_history import ALERTS_LOCK
from control_tower.monitoring.check_result import Result
from control_tower.monitoring.muting import covered_states

MAX_MUTE = timedelta(days=90)


@dataclass(frozen=True)
class Acknowledgement:
    """An acknowledged alert is not repeated until it gets worse."""

    episode_id: int
    cause: str
    who: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Mute:
    """No messages about a check, such as `source.drivers`, or a cause, such as `sources`, until a moment."""

    id: int
    target: str
    who: str
    until: datetime
    reason: str


def acknowledge(episode_id: int, who: str, reason: str) -> Acknowledgement:
    """Acknowledge an open alert of `ops.v_open_alerts`; a second acknowledgement replaces the first.

    Raises:
        MuteInvalid: `who` or `reason` is empty.
        UnknownAlert: No open alert has this number.
    """
    who, reason = _required(who, reason)
    with _transaction() as connection:
        row = connection.execute(
            "update ops.alert_episodes set acknowledged_at = clock_timestamp(), acknowledged_by = %s,"
            " acknowledge_reason = %s where id = %s and closed_at is null returning cause, acknowledged_at",
            [who, reason, _number(episode_id)],
        ).fetchone()
    if row is None:
        raise UnknownAlert(
            f"There is no open alert {episode_id}.", "copy the number from ops.v_open_alerts; it may be closed."
        )
    return Acknowledgement(episode_id, row[0], who, row[1], reason)


def mute(target: str, until: datetime, reason: str, who: str) -> Mute:
    """Send no messages about a check or a cause until a moment; replaces a mute in force.

    It holds for the states that it has now, or for the first that it will have: another state, and the same one after
    it was over, are notified. Results are still recorded and shown. An episode that was notified before still gets its
    closing message.

    Raises:
        MuteInvalid: `who` or `reason` is empty, or the end is past, too far or without time zone.
        UnknownAlert: No check and no cause has this name.
    """
    who, reason = _required(who, reason)
    if until.tzinfo is None:
        raise MuteInvalid("The end of the mute has no time zone.", "add one, for example 2026-11-30T08:00-05:00.")
    with _transaction() as connection:
        now = fetch_one(connection, "select clock_timestamp()")[0]
        if not now < until <= now + MAX_MUTE:
            raise MuteInvalid(
                f"A mute cannot end at {until.isoformat()}.",
                f"choose a moment in the future, at most {MAX_MUTE.days} days from now.",
            )
        if not fetch_one(connection, read_sql("monitoring/is_mute_target.sql"), {"target": target})[0]:
            raise UnknownAlert(
                f"There is neither a check nor a cause {target!r}.", "copy the name from ops.v_check_results."
            )
        connection.execute(read_sql("monitoring/end_mutes.sql"), {"target": target, "who": who, "moment": now})
        episode_id, covered = _problems_of(connection, target)
        row = fetch_one(
            connection,
            "insert into ops.alert_mutes (target, reason, muted_by, muted_at, muted_until, episode_id, states)"
            " values (%s, %s, %s, %s, %s, %s, %s) returning id",
            [target, reason, who, now, until, episode_id, Jsonb(covered) if covered else None],
        )
    return Mute(int(row[0]), target, who, until, reason)


def unmute(target: str, who: str) -> None:
    """End the mute of a check or a cause now.

    Raises:
        MuteInvalid: `who` is empty.
        UnknownAlert: It is not muted.
    """
    who, _ = _required(who, "unmuted")
    with _transaction() as connection:
        now = fetch_one(connection, "select clock_timestamp()")[0]
        ended = connection.execute(read_sql("monitoring/end_mutes.sql"), {"target": target, "who": who, "moment": now})
        if not ended.rowcount:
            raise UnknownAlert(f"{target!r} is not muted.", "see muted_until in ops.v_check_results.")


def lift(mute_id: int, who: str) -> Mute:
    """End a mute now, by its number in `ops.v_alert_mutes`, whatever became of what was muted.

    Raises:
        MuteInvalid: `who` is empty.
        UnknownAlert: No mute in force has this number.
    """
    who, _ = _required(who, "lifted")
    with _transaction() as connection:
        row = connection.execute(
            "update ops.alert_mutes set ended_at = clock_timestamp(), ended_by = %s where id = %s"
            " and ended_at is null and muted_until > clock_timestamp()"
            " returning id, target, muted_by, muted_until, reason",
            [who, _number(mute_id)],
        ).fetchone()
    if row is None:
        raise UnknownAlert(
            f"There is no mute {mute_id} in force.", "copy the number from ops.v_alert_mutes; it may be over."
        )
    return Mute(*row)


def _problems_of(connection: psycopg.Connection[Any], target: str) -> tuple[int | None, dict[str, list[str]]]:
    """The open episode of a check or a cause and the states that a mute of it silences; none: nothing is wrong."""
    for episode in fetch_rows(connection, "monitoring/episode_of_target.sql", {"target": target}):
        names = {target} & {*episode["checks"]} or {*episode["checks"]}
        latest = fetch_rows(connection, "monitoring/latest_results.sql")
        results = [Result(**{key: row[key] for key in row if key != "since"}) for row in latest]
        covered = covered_states(result for result in results if result.check_name in names)
        return (episode["id"], covered) if covered else (None, {})
    return None, {}


def _required(who: str, reason: str) -> tuple[str, str]:
    who, reason = ((text or "").replace("\x00", "").strip() for text in (who, reason))
    if not who:
        raise MuteInvalid("The name of the person is missing.", "give the name of who acknowledges, mutes or unmutes.")
    if not reason:
        raise MuteInvalid("The reason is missing.", "give one; it is shown with the alert.")
    return who, reason


def _number(episode_id: int) -> int:
    """The number if PostgreSQL's bigint can hold it, else 0, which no episode has."""
    is_number = isinstance(episode_id, int) and not isinstance(episode_id, bool)
    return episode_id if is_number and 0 < episode_id < 2**63 else 0


@contextmanager
def _transaction() -> Iterator[psycopg.Connection[Any]]:
    """One transaction that excludes health checks."""
    opened = session("control_tower alerts", lock_timeout_ms=10_000)
    with opened as connection, connection.transaction():
        connection.execute(ALERTS_LOCK)
        yield connection
