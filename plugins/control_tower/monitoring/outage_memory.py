"""What was told of an outage while the database could keep nothing: a note in Airflow's own database."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Protocol, cast

from control_tower.monitoring.alert_state import Episode, Kind
from control_tower.monitoring.check_result import Severity

log = logging.getLogger(__name__)

CHECK = "database.control_tower"
"""The check that an outage is a problem of. Nobody can look at it but by trying to work."""
VARIABLE = "control_tower_outage"


class Memory(Protocol):
    """Where something is kept while the database is down."""

    def read(self) -> str | None:
        """What was kept, if anything was."""

    def write(self, text: str | None) -> None:
        """Keep something; None: nothing any more."""


class AirflowMemory:
    """An Airflow Variable.

    It has no lock: two tasks that fail at the same moment may both tell. Better twice than not at all.
    """

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
            Variable.set(VARIABLE, text, description="Control Tower cannot use its database; what was told of it.")


@dataclass(frozen=True)
class Outage:
    """What is known of an outage.

    Attributes:
        cause: What it was told as.
        opened_at: When it was found.
        state: What is wrong now; its colour is its severity.
        error: What was said when it was last tried.
        messages: How many messages it was worth so far.
        last_message_at: When the last one was.
        kind: What that was.
        waiting: The channels that have not taken it, with the recipients that are left if some have.
    """

    cause: str
    opened_at: datetime
    state: str
    error: str
    messages: int
    last_message_at: datetime
    kind: Kind
    waiting: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return cast("Severity", self.state.partition("_")[0])

    @property
    def episode(self) -> Episode:
        """What decides whether it is time to speak."""
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


def recall(memory: Memory) -> Outage | None:
    """The outage that was kept; what cannot be read is forgotten, so that the outage is told anew."""
    text = memory.read()
    if text is None:
        return None
    try:
        kept = json.loads(text)
        return Outage(
            **{
                **kept,
                "opened_at": datetime.fromisoformat(kept["opened_at"]),
                "last_message_at": datetime.fromisoformat(kept["last_message_at"]),
                "waiting": {name: left and tuple(left) for name, left in kept["waiting"].items()},
            }
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        log.warning("What was kept of an outage cannot be read: %s", type(error).__name__)
        return None


def keep(memory: Memory, outage: Outage) -> None:
    """Keep an outage."""
    memory.write(json.dumps(asdict(outage), default=datetime.isoformat))
