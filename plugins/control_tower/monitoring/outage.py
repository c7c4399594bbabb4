"""When the database cannot be reached, or not be worked with: told once, although nothing can be kept there.

When it works again, the outage becomes an episode like any other, with its beginning, its end and its closing message.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from control_tower.database import fetch_one, read_sql
from control_tower.errors import (
    ConnectionNotConfigured,
    ControlTowerError,
    DatabaseUnreachable,
    DeliveryFailed,
    RecipientsRefused,
)
from control_tower.monitoring import grouping
from control_tower.monitoring.alert_state import advance
from control_tower.monitoring.delivery.outbox import Channel, hand_over
from control_tower.monitoring.outage_memory import CHECK, Memory, Outage, keep, recall
from control_tower.settings import get_settings

log = logging.getLogger(__name__)

UNREACHABLE = "RED_DATABASE_UNREACHABLE"
IMPOSSIBLE = "CHECKS_IMPOSSIBLE"
"""The database answers, but the health check cannot do its work there. YELLOW when the next one may well succeed."""


def state_of(error: Exception) -> str:
    """The state that an error puts the health check into."""
    if isinstance(error, DatabaseUnreachable | ConnectionNotConfigured):
        return UNREACHABLE
    is_passing = isinstance(error, ControlTowerError) and error.is_retryable
    return f"YELLOW_{IMPOSSIBLE}" if is_passing else f"RED_{IMPOSSIBLE}"


def tell(error: Exception, channels: Mapping[str, Channel], moment: datetime, memory: Memory) -> list[str]:
    """Tell what keeps the health check from its work, unless that was told; returns the channels that took it.

    Args:
        error: What was said.
        channels: The channels that can be used, by name.
        moment: Now, by this machine's clock.
        memory: What was told so far.
    """
    kept, state = recall(memory), state_of(error)
    found = Outage(
        cause=kept.cause if kept else grouping.DATABASE if state == UNREACHABLE else grouping.HEALTH,
        opened_at=kept.opened_at if kept else moment,
        state=state,
        # Of an error that is not ours nobody knows what it says; the task's log has it.
        error=str(error) if isinstance(error, ControlTowerError) else f"{type(error).__name__} (see the task's log)",
        messages=kept.messages if kept else 0,
        last_message_at=kept.last_message_at if kept else moment,
        kind=kept.kind if kept else "OPENED",
        waiting=kept.waiting if kept else {},
    )
    step = advance(
        kept.episode if kept else None,
        found.cause,
        {CHECK: found.severity},
        states={CHECK: (state,)},
        now=moment,
        repeat_after=timedelta(hours=get_settings().alert_repeat_hours),
    )
    if step.message is not None:
        news = dict.fromkeys(channels, None)
        found = replace(found, messages=found.messages + 1, last_message_at=moment, kind=step.message, waiting=news)
    # Kept before it is sent: a process that dies here tells once more, never not at all.
    keep(memory, found)
    waiting = dict(found.waiting)
    for name in found.waiting.keys() & channels.keys():
        try:
            hand_over(channels[name], {**_facts(found, moment), "recipients": waiting[name]}, _message_id(found))
        except DeliveryFailed as failure:
            log.warning("%s: %s", name, failure.problem)
            if isinstance(failure, RecipientsRefused):
                waiting[name] = failure.recipients
        else:
            del waiting[name]
    keep(memory, replace(found, waiting=waiting))
    return [name for name in found.waiting if name not in waiting]


def note_end(connection: psycopg.Connection[Any], moment: datetime, memory: Memory) -> bool:
    """Write an outage into the history as over, before the first look after it; whether there was one.

    Its closing message waits until that look was kept and told, too: see `finish`.
    """
    outage = recall(memory)
    if outage is not None:
        _write(connection, outage, moment)
    return outage is not None


def finish(connection: psycopg.Connection[Any], moment: datetime, memory: Memory, *, channels: Collection[str]) -> bool:
    """Queue the closing message of an outage and forget it, when everything works again; whether there was one."""
    outage = recall(memory)
    if outage is None:
        return False
    with connection.transaction():
        episode_id = _write(connection, outage, moment)
        end = replace(outage, messages=outage.messages + 1, kind="CLOSED")
        facts = {**_facts(end, moment), "episode_id": episode_id}
        for channel in channels:
            connection.execute(
                read_sql("monitoring/queue_delivery.sql"),
                {
                    **{key: facts[key] for key in ("episode_id", "message", "kind")},
                    "channel": channel,
                    "message_id": _message_id(end),
                    "facts": Jsonb(facts),
                    "moment": moment,
                },
            )
    memory.write(None)
    return True


def _write(connection: psycopg.Connection[Any], outage: Outage, moment: datetime) -> int:
    parameters = {
        "cause": outage.cause,
        "severity": outage.severity,
        "opened_at": outage.opened_at,
        "closed_at": max(moment, outage.opened_at),  # this machine's clock and the database's may differ
        "problems": Jsonb({CHECK: _problem(outage)}),
        "notified": Jsonb({CHECK: outage.severity}),
        "messages": outage.messages,
        "last_message_at": outage.last_message_at,
    }
    return int(fetch_one(connection, read_sql("monitoring/record_outage.sql"), parameters)[0])


def _problem(outage: Outage) -> dict[str, Any]:
    return {
        "severity": outage.severity,
        "state": outage.state,
        "since": outage.opened_at.isoformat(),
        "value": {},
        "limit": {},
        "details": {"error": outage.error},
    }


def _facts(outage: Outage, moment: datetime) -> dict[str, Any]:
    return {
        "episode_id": 0,
        "message": outage.messages,
        "kind": outage.kind,
        "cause": outage.cause,
        "severity": outage.severity,
        "opened_at": outage.opened_at.isoformat(),
        "at": max(moment, outage.opened_at).isoformat(),
        "problems": [{"check": CHECK, **_problem(outage)}],
        "heals": {},
    }


def _message_id(outage: Outage) -> str:
    return f"outage-{outage.messages}-{outage.opened_at:%Y%m%dT%H%M%S%f}@control-tower"
