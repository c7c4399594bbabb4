"""Which channel gets which alert: by severity and by subject, as `CONTROL_TOWER_ALERT_ROUTES` says. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from control_tower.jobs import JOBS

ChannelName = Literal["mail", "slack", "notify"]
CHANNELS: tuple[ChannelName, ...] = get_args(ChannelName)

LEAST = {"YELLOW": 1, "RED": 2, "NONE": 3}
"""What a route lets through: warnings and problems, problems alone, nothing."""

SUBJECTS = (
    *JOBS,
    "attribution_quality",
    "payments",
    "sources",
    "invariants",
    "airflow",
    "health",
    "database",
    "channel",
)
"""What alerts are about (control_tower.monitoring.grouping); `channel` is the failure of another channel."""

EXAMPLE = "mail=YELLOW,slack=RED,notify=RED:database+payments"


@dataclass(frozen=True)
class Route:
    """What one channel gets: alerts from a severity on, about some subjects (none named: about all)."""

    channel: str
    severity: str
    subjects: frozenset[str] = frozenset()

    def takes(self, subject: str, severity: str) -> bool:
        """Whether an alert goes to the channel by this route."""
        return (not self.subjects or subject in self.subjects) and LEAST[severity] >= LEAST[self.severity]


def parse(text: str) -> tuple[Route, ...]:
    """The routes of the setting.

    Raises:
        ValueError: It is no list of routes, or a problem (RED) about some subject would go to no channel.
    """
    routes = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        channel, _, what = (word.strip() for word in part.partition("="))
        severity, _, named = (word.strip() for word in what.partition(":"))
        subjects = frozenset(word.strip() for word in named.split("+") if word.strip())
        if channel not in CHANNELS or severity.upper() not in LEAST:
            raise ValueError(f"is no list such as {EXAMPLE}; channels are {', '.join(CHANNELS)}")
        if not subjects <= set(SUBJECTS):
            raise ValueError(f"names a subject that is none of {', '.join(SUBJECTS)}")
        routes.append(Route(channel, severity.upper(), subjects))
    unheard = [subject for subject in SUBJECTS if not routed(routes, CHANNELS, subject, "RED")]
    if unheard:
        raise ValueError(f"sends problems (RED) about these to no channel: {', '.join(unheard)}")
    return tuple(routes)


def routed(routes: Sequence[Route], channels: Collection[str], cause: str, severity: str) -> list[str]:
    """The channels that get an alert; a channel that no route names gets all."""
    named = {route.channel for route in routes}
    subject = cause.partition(".")[0]
    return [
        channel
        for channel in channels
        if channel not in named or any(route.channel == channel and route.takes(subject, severity) for route in routes)
    ]
