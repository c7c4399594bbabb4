"""Alerts when the health check cannot use the database; their state is an Airflow Variable meanwhile.

Afterwards the outage becomes an episode like any other, with opening, end and closing message.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import psycopg
from psycopg.types.json import Jsonb

from control_tower.alert_routes import routed
from control_tower.database import fetch_one, read_sql
from control_tower.errors import (
    ConnectionNotConfigured,
    ControlTowerError,
    DatabaseUnreachable,
    DeliveryFailed,
    RecipientsRefused,
)
from control_tower.monitoring import grouping, states
from control_tower.monitoring.alert_state import Episode, MessageKind, transition
from control_tower.monitoring.check_result import Severity, check_name
from control_tower.monitoring.delivery import outbox
from control_tower.monitoring.delivery.outbox import Channel
from control_tower.settings import get_settings

log = logging.getLogger(__name__)

CHECK = check_name("database", "control_tower")
"""The check whose problem an outage is. No probe runs it: it fails when a health check cannot do its work."""
VARIABLE = "control_tower_outage"


class OutageStore(Protocol):
    """Holds one text outside the warehouse."""

    def read(self) -> str | None:
        """The stored text, if any."""

    def write(self, text: str | None) -> None:
        """Store a text; None deletes it."""


class AirflowVariable:
    """Stores the outage as an Airflow Variable.

    There is no lock: two tasks that fail at the same moment may both send a message. That is better than none.
    """

    def read(self) -> str | None:
        """The variable's text."""
        from airflow.sdk import Variable

        text: str | None = Variable.get(VARIABLE, default=None)
        return text

    def write(self, text: str | None) -> None:
        """Set the variable, or delete it."""
        from airflow.sdk import Variable

        if text is None:
            Variable.delete(VARIABLE)
        else:
            Variable.set(VARIABLE, text, description="Control Tower cannot use its database; state of that alert.")


@dataclass(frozen=True)
class Outage:
    """An open outage.

    The state begins with its severity; the error is that of the last attempt. `messages`, `last_message_at` and `kind`
    are of the messages due so far. `waiting` are the channels that have not taken the last one yet, with the recipients
    that are left where some took it. `notified` are all channels that messages were meant for.
    """

    cause: str
    opened_at: datetime
    state: str
    error: str
    messages: int
    last_message_at: datetime
    kind: MessageKind
    waiting: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    notified: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return states.severity_of(self.state)

    @property
    def episode(self) -> Episode:
        """The outage as the state machine of alerts sees it."""
        return Episode(
            cause=self.cause,
            opened_at=self.opened_at,
            problems={CHECK: self.severity},
            notified={CHECK: self.severity},
            notified_states={CHECK: (self.state,)},
            messages=self.messages,
            last_message_at=self.last_message_at,
            worst_severity=self.severity,
        )


def load(store: OutageStore) -> Outage | None:
    """The open outage. An unreadable text counts as none, so that the outage is notified again."""
    text = store.read()
    if text is None:
        return None
    try:
        stored = json.loads(text)
        return Outage(
            **{
                **stored,
                "opened_at": datetime.fromisoformat(stored["opened_at"]),
                "last_message_at": datetime.fromisoformat(stored["last_message_at"]),
                "notified": tuple(stored.get("notified", stored["waiting"])),
                "waiting": {name: left and tuple(left) for name, left in stored["waiting"].items()},
            }
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        log.warning("The stored outage cannot be read: %s", type(error).__name__)
        return None


def save(store: OutageStore, outage: Outage) -> None:
    """Store an outage."""
    store.write(json.dumps(asdict(outage), default=datetime.isoformat))


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
        targets = routed(get_settings().alert_routes, channels, outage.cause, outage.severity)
        outage = replace(
            outage,
            messages=outage.messages + 1,
            last_message_at=moment,
            kind=step.message,
            waiting=dict.fromkeys(targets, None),
            notified=tuple(sorted({*outage.notified, *targets})),
        )
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
        outbox.queue(connection, facts, _message_id(end), _notified(outage, channels), moment)
    store.write(None)
    return True


def _notified(outage: Outage, channels: Collection[str]) -> list[str]:
    """The channels that hear of the end: those that heard of the outage, or should have."""
    return [channel for channel in channels if channel in outage.notified]


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
