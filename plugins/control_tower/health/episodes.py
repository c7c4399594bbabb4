"""When to speak: an episode is one cause from its first problem to its last. Pure; the clock is an argument.

A message is due when an audible problem is worse than the reader was last told, when the repeat interval is over, and
once at the end. Improvements short of the end are quiet. Nothing else is said, however often it is looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from control_tower.health.causes import leader_of
from control_tower.health.results import RANK, Result, Severity, worst

Kind = Literal["OPENED", "ESCALATED", "EXTENDED", "REPEATED", "CLOSED"]


@dataclass(frozen=True)
class Episode:
    """What is known of one cause.

    Attributes:
        cause: What its problems have in common.
        opened_at: When its first problem was found.
        problems: Severity of each check that is not healthy, by name; when closed, as it was at the end.
        told: Severity that the reader was last told of each check.
        messages: How many messages were due so far.
        last_message_at: When the last one was.
        worst_severity: The worst it has been.
        is_acknowledged: Somebody takes care of it: no repeats.
        closed_at: When its last problem was gone.
    """

    cause: str
    opened_at: datetime
    problems: Mapping[str, Severity]
    told: Mapping[str, Severity] = field(default_factory=dict)
    messages: int = 0
    last_message_at: datetime | None = None
    worst_severity: Severity = "OK"
    is_acknowledged: bool = False
    closed_at: datetime | None = None

    @property
    def severity(self) -> Severity:
        """The worst of its problems."""
        return worst(self.problems)


@dataclass(frozen=True)
class Step:
    """What one look at a cause comes to.

    Attributes:
        episode: The episode from now on; None: there is none.
        message: What to tell, if anything.
    """

    episode: Episode | None
    message: Kind | None = None


def advance(
    episode: Episode | None,
    cause: str,
    problems: Mapping[str, Severity],
    *,
    unknown: Collection[str] = (),
    silent: Collection[str] = (),
    now: datetime,
    repeat_after: timedelta,
) -> Step:
    """Take one look at a cause.

    Args:
        episode: Its open episode, if there is one.
        cause: Which cause.
        problems: Checks that are YELLOW or RED now, with their severity.
        unknown: Checks that cannot be told now: those that belong to the episode stay in it as they were.
        silent: Checks that are muted; they belong to the episode but are worth no message.
        now: The moment of the look.
        repeat_after: Interval after which an unchanged, unacknowledged episode is told again.
    """
    if episode is not None:
        kept = {name: severity for name, severity in episode.problems.items() if name in unknown}
        problems = {**kept, **problems}
    if not problems:
        if episode is None:
            return Step(None)
        return Step(replace(episode, closed_at=now), "CLOSED" if episode.messages else None)
    current = episode or Episode(cause, now, problems)
    current = replace(
        current, problems=dict(problems), worst_severity=worst([current.worst_severity, *problems.values()])
    )
    audible = {name: severity for name, severity in problems.items() if name not in silent}
    kind = _due(current, audible, now, repeat_after)
    if kind is None:
        return Step(current)
    return Step(
        replace(
            current,
            told=audible,
            messages=current.messages + 1,
            last_message_at=now,
            is_acknowledged=current.is_acknowledged and kind == "REPEATED",
        ),
        kind,
    )


def _due(episode: Episode, audible: Mapping[str, Severity], now: datetime, repeat_after: timedelta) -> Kind | None:
    """The message that is due on the audible problems of an open episode."""
    news = [severity for name, severity in audible.items() if RANK[severity] > RANK[episode.told.get(name, "OK")]]
    if news:
        if episode.messages == 0:
            return "OPENED"
        return "ESCALATED" if RANK[worst(news)] > RANK[worst(episode.told)] else "EXTENDED"
    if not audible or episode.is_acknowledged or episode.last_message_at is None:
        return None
    return "REPEATED" if now - episode.last_message_at >= repeat_after else None


def assign(results: Iterable[Result], open_episodes: Mapping[str, Collection[str]]) -> dict[str, list[Result]]:
    """Sort problems by the episode that they belong to.

    A problem stays where it is until it is over, even if it would have another cause by now: otherwise its first
    episode would tell of a recovery that never was. What follows from a pipeline joins the episode of the pipeline.

    Args:
        results: The latest result of each check.
        open_episodes: Names of the checks of each open episode, by cause.

    Returns:
        The problems of each cause that has any.
    """
    home = {name: cause for cause, names in open_episodes.items() for name in names}
    sorted_: dict[str, list[Result]] = {}
    for result in results:
        if result.is_problem:
            leader = home.get(leader_of(result.cause), result.cause)
            sorted_.setdefault(home.get(result.check_name, leader), []).append(result)
    return sorted_
