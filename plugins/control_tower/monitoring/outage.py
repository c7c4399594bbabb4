"""Alerts when the health check cannot use the database, whose state has to be stored elsewhere meanwhile.

Afterwards the outage becomes an episode like any other, with opening, end and closing message.
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
from control_tower.monitoring import grouping, states
from control_tower.monitoring.alert_state import transition
from control_tower.monitoring.delivery import outbox
from control_tower.monitoring.delivery.outbox import Channel
from control_tower.monitoring.outage_store import CHECK, Outage, OutageStore, load, save
from control_tower.settings import get_settings

log = logging.getLogger(__name__)


def state_of(error: Exception) -> str:
    """The state that an error puts the health check into: YELLOW when a retry may succeed."""
    if isinstance(error, DatabaseUnreachable | ConnectionNotConfigured):
        return states.DATABASE_UNREACHABLE
    is_retryable = isinstance(error, ControlTowerError) and error.is_retryable
    return f"{'YELLOW' if is_retryable else 'RED'}_{states.CHECKS_IMPOSSIBLE}"


def notify(error: Exception, channels: Mapping[str, Channel], moment: datetime, store: OutageStore) -> list[str]:
    """Send the message that is due about an outage, if any; returns the channels that took it.

    The moment is by the clock of this machine.
    """
    stored, state = load(store), state_of(error)
    # The text of a foreign error may contain secrets or personal data; the task's log has it.
    text = str(error) if isinstance(error, ControlTowerError) else f"{type(error).__name__} (see the task's log)"
    if stored is None:
        cause = grouping.DATABASE if state == states.DATABASE_UNREACHABLE else grouping.HEALTH
        outage = Outage(cause, moment, state, text, messages=0, last_message_at=moment, kind="OPENED")
    else:
        outage = replace(stored, state=state, error=text)
    step = transition(
        stored.episode if stored else None,
        outage.cause,
        {CHECK: outage.severity},
        states={CHECK: (state,)},
        now=moment,
        repeat_after=timedelta(hours=get_settings().alert_repeat_hours),
    )
    if step.message is not None:
        waiting: dict[str, Any] = dict.fromkeys(channels, None)
        messages = outage.messages + 1
        outage = replace(outage, messages=messages, last_message_at=moment, kind=step.message, waiting=waiting)
    # Saved before it is sent: a process that dies in between loses no message, it sends one twice.
    save(store, outage)
    waiting = dict(outage.waiting)
    for name in outage.waiting.keys() & channels.keys():
        try:
            facts = {**_facts(outage, moment), "recipients": waiting[name]}
            outbox.send_message(channels[name], facts, _message_id(outage))
        except DeliveryFailed as failure:
            log.warning("%s: %s", name, failure.problem)
            if isinstance(failure, RecipientsRefused):
                waiting[name] = failure.recipients
        else:
            del waiting[name]
    save(store, replace(outage, waiting=waiting))
    return [name for name in outage.waiting if name not in waiting]


def record_end(connection: psycopg.Connection[Any], moment: datetime, store: OutageStore) -> bool:
    """Record the outage as a closed episode before the first health check after it; returns whether there was one.

    Its closing message waits for `close`, until that health check is recorded and its messages are queued.
    """
    outage = load(store)
    if outage is not None:
        _record(connection, outage, moment)
    return outage is not None


def close(
    connection: psycopg.Connection[Any], moment: datetime, store: OutageStore, *, channels: Collection[str]
) -> bool:
    """Queue the closing message of the outage and delete its stored state; returns whether there was one."""
    outage = load(store)
    if outage is None:
        return False
    with connection.transaction():
        episode_id = _record(connection, outage, moment)
        end = replace(outage, messages=outage.messages + 1, kind="CLOSED")
        facts = {**_facts(end, moment), "episode_id": episode_id}
        outbox.queue(connection, facts, _message_id(end), channels, moment)
    store.write(None)
    return True


def _record(connection: psycopg.Connection[Any], outage: Outage, moment: datetime) -> int:
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
