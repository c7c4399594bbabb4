"""When to speak: an episode is one cause from its first problem to its last. Pure; the clock is an argument.

A message is due when an audible problem is worse than the reader was last told or something else is wrong with it that
is as bad, when the repeat interval is over, and once at the end. Improvements short of the end are quiet, but a check
that was well in between is news when it breaks again. Nothing else is said, however often it is looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from control_tower.monitoring.check_result import RANK, Result, Severity, worst
from control_tower.monitoring.grouping import fault_of, leader_of

Kind = Literal["OPENED", "ESCALATED", "EXTENDED", "REPEATED", "CLOSED"]


@dataclass(frozen=True)
class Episode:
    """What is known of one cause.

    Attributes:
        cause: What its problems have in common.
        opened_at: When its first problem was found.
        problems: Severity of each check that is not healthy, by name; when closed, as it was at the end.
        notified: Severity that the reader was last told of each check that is not healthy.
        notified_states: The states that the reader was last told of each of them.
        messages: How many messages were due so far.
        last_message_at: When the last one was.
        worst_severity: The worst it has been.
        is_acknowledged: Somebody takes care of it: no repeats.
        closed_at: When its last problem was gone.
    """

    cause: str
    opened_at: datetime
    problems: Mapping[str, Severity]
    notified: Mapping[str, Severity] = field(default_factory=dict)
    notified_states: Mapping[str, Collection[str]] = field(default_factory=dict)
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
        audible: The checks that it tells of, and their severity.
        news: Those of them that are why it is told.
    """

    episode: Episode | None
    message: Kind | None = None
    audible: Mapping[str, Severity] = field(default_factory=dict)
    news: Collection[str] = ()


def advance(
    episode: Episode | None,
    cause: str,
    problems: Mapping[str, Severity],
    *,
    states: Mapping[str, Collection[str]] | None = None,
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
        states: The states of each of them that are as bad as that.
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
        # A clock that was ahead when it opened is no reason to last a negative time.
        over = replace(episode, closed_at=max(now, episode.opened_at))
        known = {name: severity for name, severity in episode.problems.items() if name in episode.notified}
        return Step(over, "CLOSED" if episode.messages else None, known or episode.problems)
    current = _as_it_is(episode or Episode(cause, now, problems), problems, now)
    audible = {name: severity for name, severity in problems.items() if name not in silent}
    found = {name: tuple((states or {}).get(name, ())) for name in audible}
    news = {name: severity for name, severity in audible.items() if _is_news(severity, found[name], name, current)}
    kind = _due(current, audible, news, now, repeat_after)
    if kind is None:
        return Step(current)
    told = replace(
        current,
        notified={**current.notified, **audible},
        notified_states={**current.notified_states, **found},
        messages=current.messages + 1,
        last_message_at=now,
        is_acknowledged=current.is_acknowledged and kind == "REPEATED",
    )
    return Step(told, kind, audible, tuple(news))


def _as_it_is(episode: Episode, problems: Mapping[str, Severity], now: datetime) -> Episode:
    """The episode with the problems that it has now. What the reader was told of a check that is well is history."""
    return replace(
        episode,
        problems=dict(problems),
        notified={name: severity for name, severity in episode.notified.items() if name in problems},
        notified_states={name: codes for name, codes in episode.notified_states.items() if name in problems},
        worst_severity=worst([episode.worst_severity, *problems.values()]),
        last_message_at=episode.last_message_at and min(episode.last_message_at, now),
    )


def _is_news(severity: Severity, found: Collection[str], name: str, episode: Episode) -> bool:
    """Whether a check is worse than the reader knows, or as bad for a reason that the reader does not know."""
    known = episode.notified.get(name, "OK")
    if RANK[severity] != RANK[known]:
        return RANK[severity] > RANK[known]
    told = {fault_of(state) for state in episode.notified_states.get(name, ())}
    return any(fault_of(state) not in told for state in found)


def _due(
    episode: Episode,
    audible: Mapping[str, Severity],
    news: Mapping[str, Severity],
    now: datetime,
    repeat_after: timedelta,
) -> Kind | None:
    """The message that is due on the audible problems of an open episode."""
    if news:
        if episode.messages == 0:
            return "OPENED"
        return "ESCALATED" if worst(news) == "RED" and worst(episode.notified) != "RED" else "EXTENDED"
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
