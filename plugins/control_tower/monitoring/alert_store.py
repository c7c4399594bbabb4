"""Carries out what `episodes` decides: one transaction in which episodes change and their messages are queued.

A process that dies before the commit has changed nothing, one that dies after it has lost nothing: the message waits in
the outbox. Whoever looks again at the same results finds nothing new to say.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from control_tower.database import fetch_one, read_sql
from control_tower.monitoring.alert_state import Episode, Kind, Step, advance, assign
from control_tower.monitoring.check_history import ALERTS_LOCK
from control_tower.monitoring.check_result import Result, worst
from control_tower.monitoring.self_heal import plan
from control_tower.settings import get_settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Queued:
    """A message that was queued.

    Attributes:
        episode_id: Its episode.
        cause: The cause of that.
        kind: What it tells.
        channels: Where it will be sent; none when no channel is configured.
    """

    episode_id: int
    cause: str
    kind: Kind
    channels: tuple[str, ...]


def update_episodes(
    connection: psycopg.Connection[Any], moment: datetime, *, channels: Sequence[str], is_healing: bool = False
) -> list[Queued]:
    """Bring the episodes in line with the latest results, and queue what is to be told.

    Args:
        connection: Session in autocommit.
        moment: The clock of episodes and repeats.
        channels: Channels that are configured. A channel is not asked to tell of its own failure.
        is_healing: Ask for a run of each pipeline that is stale, once per episode; `heal.due` tells which.

    Returns:
        The messages that were queued now.
    """
    queued = []
    repeat_after = timedelta(hours=get_settings().alert_repeat_hours)
    with connection.transaction():
        connection.execute(ALERTS_LOCK)
        results = {
            row["check_name"]: Result(**_result(row)) for row in _rows(connection, "monitoring/latest_results.sql")
        }
        since = {row["check_name"]: row["since"] for row in _rows(connection, "monitoring/latest_results.sql")}
        rows = {row["cause"]: row for row in _rows(connection, "monitoring/open_episodes.sql")}
        muted = {row["target"] for row in _rows(connection, "monitoring/muted_targets.sql", moment=moment)}
        problems = assign(results.values(), {cause: row["problems"] for cause, row in rows.items()})
        unknown = {name for name, result in results.items() if result.severity == "UNKNOWN"}
        for cause in sorted({*rows, *problems}):
            row = rows.get(cause)
            here = {result.check_name: result.severity for result in problems.get(cause, ())}
            names = {*here, *(row["problems"] if row else ())}
            step = advance(
                _episode(row) if row else None,
                cause,
                here,
                states={name: results[name].codes for name in here},
                unknown=unknown,
                silent=names if cause in muted else names & muted,
                now=moment,
                repeat_after=repeat_after,
            )
            if step.episode is None:
                continue
            known = {**(row["problems"] if row else {}), **_snapshots(here, results, since)}
            known = {name: known[name] for name in step.episode.problems}
            episode_id = _write(connection, row["id"] if row else None, step.episode, known)
            heals = dict(row["heals"]) if row else {}
            if is_healing and step.episode.closed_at is None:
                heals |= plan(episode_id, known, heals, moment)
                connection.execute("update ops.alert_episodes set heals = %s where id = %s", [Jsonb(heals), episode_id])
            if step.message is not None:
                told_by = tuple(channel for channel in channels if cause != f"channel.{channel}")
                facts = _facts(episode_id, step, step.episode, known, moment) | {"heals": heals}
                _queue(connection, facts, told_by, moment)
                queued.append(Queued(episode_id, cause, step.message, told_by))
                log.warning("%s: %s (%s)", step.message, cause, ", ".join(told_by) or "no channel is configured")
        connection.execute("update ops.health_checks set notified_at = %s where notified_at is null", [moment])
    return queued


def _rows(connection: psycopg.Connection[Any], file: str, **parameters: Any) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(read_sql(file), parameters or None).fetchall()


def _result(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "since"}


def _episode(row: Mapping[str, Any]) -> Episode:
    return Episode(
        cause=row["cause"],
        opened_at=row["opened_at"],
        problems={name: problem["severity"] for name, problem in row["problems"].items()},
        notified=row["notified"],
        notified_states=row["notified_states"],
        messages=row["messages"],
        last_message_at=row["last_message_at"],
        worst_severity=row["worst_severity"],
        is_acknowledged=row["is_acknowledged"],
    )


def _snapshots(
    names: Collection[str], results: Mapping[str, Result], since: Mapping[str, datetime]
) -> dict[str, dict[str, Any]]:
    """What is known of each problem now, as plain values."""
    return {
        name: {
            "severity": results[name].severity,
            "state": results[name].state,
            "since": since[name].isoformat(),
            "value": results[name].value,
            "limit": results[name].limit,
            "details": results[name].details,
        }
        for name in names
    }


def _write(
    connection: psycopg.Connection[Any], episode_id: int | None, episode: Episode, known: Mapping[str, Any]
) -> int:
    parameters = {
        "id": episode_id,
        "cause": episode.cause,
        "severity": episode.severity,
        "worst_severity": episode.worst_severity,
        "opened_at": episode.opened_at,
        "closed_at": episode.closed_at,
        "problems": _json(known),
        "notified": Jsonb(dict(episode.notified)),
        "notified_states": Jsonb({name: sorted(states) for name, states in episode.notified_states.items()}),
        "messages": episode.messages,
        "last_message_at": episode.last_message_at,
        "is_acknowledged": episode.is_acknowledged,
    }
    if episode_id is None:
        return int(fetch_one(connection, read_sql("monitoring/open_episode.sql"), parameters)[0])
    connection.execute(read_sql("monitoring/write_episode.sql"), parameters)
    return episode_id


def _facts(episode_id: int, step: Step, episode: Episode, known: Mapping[str, Any], moment: datetime) -> dict[str, Any]:
    """What a message tells, frozen at this moment; it is put into words when it is sent. Of muted checks: nothing."""
    is_over = step.message == "CLOSED"
    names = sorted(step.audible, key=lambda name: (step.audible[name] != "RED", name))
    return {
        "episode_id": episode_id,
        # The end is a message of its own, after those that the episode has counted.
        "message": episode.messages + 1 if is_over else episode.messages,
        "kind": step.message,
        "cause": episode.cause,
        "severity": episode.worst_severity if is_over else worst(step.audible),
        "opened_at": episode.opened_at.isoformat(),
        "at": moment.isoformat(),
        "problems": [{"check": name, "is_news": name in step.news, **known[name]} for name in names],
    }


def _queue(
    connection: psycopg.Connection[Any], facts: Mapping[str, Any], channels: Sequence[str], moment: datetime
) -> None:
    for channel in channels:
        connection.execute(
            read_sql("monitoring/queue_delivery.sql"),
            {
                "episode_id": facts["episode_id"],
                "message": facts["message"],
                "channel": channel,
                "kind": facts["kind"],
                "message_id": message_id(facts),
                "facts": _json(facts),
                "moment": moment,
            },
        )


def message_id(facts: Mapping[str, Any]) -> str:
    """A name for a message that stays the same however often it is sent."""
    opened = datetime.fromisoformat(facts["opened_at"])
    return f"alert-{facts['episode_id']}-{facts['message']}-{opened:%Y%m%dT%H%M%S%f}@control-tower"


def _json(value: Any) -> Jsonb:
    return Jsonb(value, dumps=lambda found: json.dumps(found, default=str))
