"""Applies `alert_state` to the stored episodes and queues their messages, in one transaction.

A process that dies before the commit has changed nothing; after it the messages are in the outbox. Running again on the
same results queues nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from control_tower.alert_routes import routed
from control_tower.database import fetch_one, fetch_rows, read_sql
from control_tower.monitoring.alert_state import Episode, MessageKind, Transition, group_by_episode, transition
from control_tower.monitoring.audit_seal import newest_seal
from control_tower.monitoring.check_history import ALERTS_LOCK, to_jsonb
from control_tower.monitoring.check_result import Result, check_name, worst
from control_tower.monitoring.delivery import outbox
from control_tower.monitoring.muting import muted_names, mutes_in_force, update_mutes
from control_tower.monitoring.self_heal import plan_runs
from control_tower.settings import get_settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class QueuedMessage:
    """A message that was queued for these channels: for none when no channel is configured."""

    episode_id: int
    cause: str
    kind: MessageKind
    channels: tuple[str, ...]


def update_episodes(
    connection: psycopg.Connection[Any], moment: datetime, *, channels: Sequence[str], is_healing: bool = False
) -> list[QueuedMessage]:
    """Open, change and close episodes by the latest results, and queue the messages that are due.

    No channel gets messages about its own failure. With `is_healing` a run of each overdue pipeline is planned, once
    per episode; see `self_heal`.

    Returns:
        The messages that were queued.
    """
    queued = []
    repeat_after = timedelta(hours=get_settings().alert_repeat_hours)
    with connection.transaction():
        connection.execute(ALERTS_LOCK)
        latest = fetch_rows(connection, "monitoring/latest_results.sql")
        since = {row["check_name"]: row.pop("since") for row in latest}
        results = {row["check_name"]: Result(**row) for row in latest}
        rows = {row["cause"]: row for row in fetch_rows(connection, "monitoring/open_episodes.sql")}
        mutes = mutes_in_force(connection, moment)
        grouped = group_by_episode(results.values(), {cause: row["problems"] for cause, row in rows.items()})
        seal = newest_seal(connection)
        unknown = {name for name, result in results.items() if result.severity == "UNKNOWN"}
        for cause in sorted({*rows, *grouped}):
            row = rows.get(cause)
            problems = {result.check_name: result.severity for result in grouped.get(cause, ())}
            worst_states = {name: results[name].worst_states for name in problems}
            found = {**dict.fromkeys(row["problems"] if row else (), ()), **worst_states}
            step = transition(
                _episode(row) if row else None,
                cause,
                problems,
                states=worst_states,
                unknown=unknown,
                muted=muted_names(mutes, row["id"] if row else None, cause, found),
                now=moment,
                repeat_after=repeat_after,
            )
            if step.episode is None:
                continue
            snapshots = {**(row["problems"] if row else {}), **_snapshots(problems, results, since)}
            snapshots = {name: snapshots[name] for name in step.episode.problems}
            episode_id = _write(connection, row["id"] if row else None, step.episode, snapshots)
            is_open = step.episode.closed_at is None
            left = step.episode.problems if is_open else ()
            update_mutes(connection, mutes, episode_id, cause, grouped.get(cause, ()), left, moment)
            heals = dict(row["heals"]) if row else {}
            if is_healing and is_open:
                heals |= plan_runs(episode_id, snapshots, heals, moment)
                connection.execute("update ops.alert_episodes set heals = %s where id = %s", [Jsonb(heals), episode_id])
            if step.message is not None:
                facts = _facts(episode_id, step, step.episode, snapshots, moment) | {"heals": heals, "seal": seal}
                others = [channel for channel in channels if cause != check_name("channel", channel)]
                # the end goes to all that its worst moment went to
                severity = facts["severity"] if is_open else step.episode.worst_severity
                targets = tuple(routed(get_settings().alert_routes, others, cause, severity))
                outbox.queue(connection, facts, message_id(facts), targets, moment)
                queued.append(QueuedMessage(episode_id, cause, step.message, targets))
                log.warning("%s: %s (%s)", step.message, cause, ", ".join(targets) or "no channel is configured")
        connection.execute("update ops.health_checks set notified_at = %s where notified_at is null", [moment])
    return queued


def _episode(row: Mapping[str, Any]) -> Episode:
    columns = {name: value for name, value in row.items() if name not in ("id", "heals")}
    return Episode(**columns | {"problems": {name: problem["severity"] for name, problem in row["problems"].items()}})


def _snapshots(
    names: Collection[str], results: Mapping[str, Result], since: Mapping[str, datetime]
) -> dict[str, dict[str, Any]]:
    """The current result of each problem as plain values."""
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
    connection: psycopg.Connection[Any], episode_id: int | None, episode: Episode, snapshots: Mapping[str, Any]
) -> int:
    parameters = {
        "id": episode_id,
        "cause": episode.cause,
        "severity": episode.severity,
        "worst_severity": episode.worst_severity,
        "opened_at": episode.opened_at,
        "closed_at": episode.closed_at,
        "problems": to_jsonb(snapshots),
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


def _facts(
    episode_id: int, step: Transition, episode: Episode, snapshots: Mapping[str, Any], moment: datetime
) -> dict[str, Any]:
    """The content of a message as of this moment, without muted checks; the text is written when it is sent."""
    is_closed = step.message == "CLOSED"
    names = sorted(step.reported, key=lambda name: (step.reported[name] != "RED", name))
    return {
        "episode_id": episode_id,
        "message": episode.messages + is_closed,  # the episode does not count its closing message
        "kind": step.message,
        "cause": episode.cause,
        "severity": episode.worst_severity if is_closed else worst(step.reported.values()),
        "opened_at": episode.opened_at.isoformat(),
        "at": moment.isoformat(),
        "problems": [{"check": name, "is_news": name in step.news, **snapshots[name]} for name in names],
    }


def message_id(facts: Mapping[str, Any]) -> str:
    """An id that is the same each time the message is sent."""
    opened = datetime.fromisoformat(facts["opened_at"])
    return f"alert-{facts['episode_id']}-{facts['message']}-{opened:%Y%m%dT%H%M%S%f}@control-tower"
