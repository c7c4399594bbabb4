"""State of an outage while the database cannot hold it: one Airflow Variable."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Protocol

from control_tower.monitoring import states
from control_tower.monitoring.alert_state import Episode, MessageKind
from control_tower.monitoring.check_result import Severity, check_name

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
    that are left where some took it.
    """

    cause: str
    opened_at: datetime
    state: str
    error: str
    messages: int
    last_message_at: datetime
    kind: MessageKind
    waiting: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)

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
                "waiting": {name: left and tuple(left) for name, left in stored["waiting"].items()},
            }
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        log.warning("The stored outage cannot be read: %s", type(error).__name__)
        return None


def save(store: OutageStore, outage: Outage) -> None:
    """Store an outage."""
    store.write(json.dumps(asdict(outage), default=datetime.isoformat))
