"""When the database itself is down: told once, although nothing can be looked up or written there.

What was told is kept in an Airflow Variable, which lives in Airflow's own database, until the database answers again;
then the outage becomes an episode like any other, with its beginning, its end and its closing message.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

import psycopg
from psycopg.types.json import Jsonb

from control_tower.database import read_sql
from control_tower.errors import ControlTowerError, DeliveryFailed
from control_tower.health import causes
from control_tower.health.delivery import Channel
from control_tower.health.episodes import Episode, advance
from control_tower.settings import get_settings

log = logging.getLogger(__name__)

CHECK = "database.control_tower"
STATE = "RED_DATABASE_UNREACHABLE"
VARIABLE = "control_tower_outage"


class Memory(Protocol):
    """Where something is kept while the database is down."""

    def read(self) -> str | None:
        """What was kept, if anything was."""

    def write(self, text: str | None) -> None:
        """Keep something; None: nothing any more."""


class AirflowMemory:
    """An Airflow Variable."""

    def read(self) -> str | None:
        """The variable's text."""
        from airflow.sdk import Variable

        kept: str | None = Variable.get(VARIABLE, default=None)
        return kept

    def write(self, text: str | None) -> None:
        """Set the variable, or delete it."""
        from airflow.sdk import Variable

        if text is None:
            Variable.delete(VARIABLE)
        else:
            Variable.set(VARIABLE, text, description="The database of Control Tower is down; what was told of it.")


def tell(error: ControlTowerError, channels: Mapping[str, Channel], moment: datetime, memory: Memory) -> list[str]:
    """Tell that the database cannot be reached, unless that was told already; returns the channels that took it.

    Args:
        error: What connecting said.
        channels: The channels that are configured, by name.
        moment: Now, by this machine's clock.
        memory: What was told so far.
    """
    kept = json.loads(memory.read() or "{}")
    waiting = set(kept.get("waiting", ()))
    repeat_after = timedelta(hours=get_settings().alert_repeat_hours)
    step = advance(_episode(kept), causes.DATABASE, {CHECK: "RED"}, now=moment, repeat_after=repeat_after)
    episode = step.episode
    if episode is None:
        raise LookupError("a problem always has an episode")
    kept |= {
        "opened_at": episode.opened_at.isoformat(),
        "messages": episode.messages,
        "last_message_at": episode.last_message_at.isoformat() if episode.last_message_at else None,
        "error": str(error),
        "kind": step.message or kept.get("kind", "OPENED"),
    }
    waiting = set(channels) if step.message else waiting & set(channels)
    # Kept before it is sent: a process that dies here tells once more, never not at all.
    memory.write(json.dumps({**kept, "waiting": sorted(waiting)}))
    told = []
    facts = _facts(kept, moment)
    for name in sorted(waiting):
        try:
            channels[name].send(facts, _message_id(kept, episode.messages))
        except DeliveryFailed as failure:
            log.warning("%s: %s", name, failure.problem)
        else:
            told.append(name)
    memory.write(json.dumps({**kept, "waiting": sorted(waiting - set(told))}))
    return told


def settle(
    connection: psycopg.Connection[Any], moment: datetime, memory: Memory, *, channels: Mapping[str, Any]
) -> bool:
    """Turn an outage that is over into a closed episode with its closing message; whether there was one."""
    text = memory.read()
    if text is None:
        return False
    kept = json.loads(text)
    opened_at = datetime.fromisoformat(kept["opened_at"])
    parameters = {
        "cause": causes.DATABASE,
        "opened_at": opened_at,
        "closed_at": max(moment, opened_at),
        "problems": Jsonb({CHECK: _problem(kept)}),
        "told": Jsonb({CHECK: "RED"}),
        "messages": kept["messages"],
        "last_message_at": kept["last_message_at"],
    }
    with connection.transaction():
        row = connection.execute(read_sql("7_alerts/keep_outage.sql"), parameters).fetchone()
        if row is not None:
            facts = {
                **_facts({**kept, "kind": "CLOSED"}, moment),
                "episode_id": row[0],
                "message": kept["messages"] + 1,
            }
            for channel in channels:
                connection.execute(
                    read_sql("7_alerts/queue_delivery.sql"),
                    {
                        **{key: facts[key] for key in ("episode_id", "message", "kind")},
                        "channel": channel,
                        "message_id": _message_id(kept, facts["message"]),
                        "facts": Jsonb(facts),
                        "moment": moment,
                    },
                )
    memory.write(None)
    return True


def _episode(kept: Mapping[str, Any]) -> Episode | None:
    if not kept:
        return None
    return Episode(
        cause=causes.DATABASE,
        opened_at=datetime.fromisoformat(kept["opened_at"]),
        problems={CHECK: "RED"},
        told={CHECK: "RED"},
        messages=kept["messages"],
        last_message_at=datetime.fromisoformat(kept["last_message_at"]),
        worst_severity="RED",
    )


def _problem(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "severity": "RED",
        "state": STATE,
        "since": kept["opened_at"],
        "value": {},
        "limit": {},
        "details": {"error": kept["error"]},
    }


def _facts(kept: Mapping[str, Any], moment: datetime) -> dict[str, Any]:
    return {
        "episode_id": 0,
        "message": kept["messages"],
        "kind": kept["kind"],
        "cause": causes.DATABASE,
        "severity": "RED",
        "opened_at": kept["opened_at"],
        "at": moment.isoformat(),
        "problems": [{"check": CHECK, **_problem(kept)}],
        "heals": {},
    }


def _message_id(kept: Mapping[str, Any], number: int) -> str:
    opened = datetime.fromisoformat(kept["opened_at"])
    return f"outage-{number}-{opened:%Y%m%dT%H%M%S%f}@control-tower"
