"""The state machine of alerts: what one health check changes in an episode and whether a message is due.

An episode is one cause from its first problem to its last. A message is due when a problem that is not muted is worse
than the last message said, or has another fault that is as bad; when the repeat interval is over; and once at the end.
Improvements short of the end are not notified, but a check that recovers and fails again is. The same results twice
make no second message. Pure functions; the clock is an argument.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from control_tower.monitoring.check_result import RANK, Result, Severity, worst
from control_tower.monitoring.grouping import distinct_fault, pipeline_check

MessageKind = Literal["OPENED", "ESCALATED", "EXTENDED", "REPEATED", "CLOSED"]


@dataclass(frozen=True)
class Episode:
    """One cause from its first problem to its last.

    Severities and states are by name of the check. `problems` are, when it is closed, those at its end; `notified` and
    `notified_states` are those of the last message. An acknowledged one is not repeated until it gets worse.
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
        return worst(self.problems.values())


@dataclass(frozen=True)
class Transition:
    """What one health check changes in an episode.

    The message reports the checks that are not muted; `news` are those that are the reason for it.
    """

    episode: Episode | None
    message: MessageKind | None = None
    reported: Mapping[str, Severity] = field(default_factory=dict)
    news: Collection[str] = ()


def transition(
    episode: Episode | None,
    cause: str,
    problems: Mapping[str, Severity],
    *,
    states: Mapping[str, Collection[str]] | None = None,
    unknown: Collection[str] = (),
    muted: Collection[str] = (),
    now: datetime,
    repeat_after: timedelta,
) -> Transition:
    """Apply the problems that a health check found for a cause.

    `problems` are the checks that are YELLOW or RED now, `states` the worst states of each. Of the `unknown` ones,
    those that belong to the episode keep their last severity. `muted` ones cause no message.
    """
    if episode is not None:
        unmeasured = {name: severity for name, severity in episode.problems.items() if name in unknown}
        problems = {**unmeasured, **problems}
    if not problems:
        return Transition(None) if episode is None else _close(episode, now)
    current = _update(episode or Episode(cause, now, problems), problems, now)
    unmuted = {name: severity for name, severity in problems.items() if name not in muted}
    found = {name: tuple((states or {}).get(name, ())) for name in unmuted}
    news = {name: severity for name, severity in unmuted.items() if _is_news(severity, found[name], name, current)}
    message = _message_due(current, unmuted, news, now, repeat_after)
    if message is None:
        return Transition(current)
    notified = replace(
        current,
        notified={**current.notified, **unmuted},
        notified_states={**current.notified_states, **found},
        messages=current.messages + 1,
        last_message_at=now,
        is_acknowledged=current.is_acknowledged and message == "REPEATED",
    )
    return Transition(notified, message, unmuted, tuple(news))


def _close(episode: Episode, now: datetime) -> Transition:
    closed = replace(episode, closed_at=max(now, episode.opened_at))  # the clock may have been ahead when it opened
    reported = {name: severity for name, severity in episode.problems.items() if name in episode.notified}
    return Transition(closed, "CLOSED" if episode.messages else None, reported or episode.problems)


def _update(episode: Episode, problems: Mapping[str, Severity], now: datetime) -> Episode:
    """The episode with its current problems; what was notified of checks that recovered is dropped."""
    return replace(
        episode,
        problems=dict(problems),
        notified={name: severity for name, severity in episode.notified.items() if name in problems},
        notified_states={name: states for name, states in episode.notified_states.items() if name in problems},
        worst_severity=worst([episode.worst_severity, *problems.values()]),
        last_message_at=episode.last_message_at and min(episode.last_message_at, now),
    )


def _is_news(severity: Severity, found: Collection[str], name: str, episode: Episode) -> bool:
    """Whether a check is worse than was notified, or as bad by a fault that was not notified."""
    notified = episode.notified.get(name, "OK")
    if severity != notified:
        return RANK[severity] > RANK[notified]
    faults = {distinct_fault(state) for state in episode.notified_states.get(name, ())}
    return any(distinct_fault(state) not in faults for state in found)


def _message_due(
    episode: Episode,
    unmuted: Mapping[str, Severity],
    news: Mapping[str, Severity],
    now: datetime,
    repeat_after: timedelta,
) -> MessageKind | None:
    """The message that is due about the unmuted problems of an open episode."""
    if news:
        if episode.messages == 0:
            return "OPENED"
        is_escalated = worst(news.values()) == "RED" and worst(episode.notified.values()) != "RED"
        return "ESCALATED" if is_escalated else "EXTENDED"
    if not unmuted or episode.is_acknowledged or episode.last_message_at is None:
        return None
    return "REPEATED" if now - episode.last_message_at >= repeat_after else None


def group_by_episode(
    results: Iterable[Result], open_episodes: Mapping[str, Collection[str]]
) -> dict[str, list[Result]]:
    """Group problems by the episode that they belong to.

    A problem stays in its episode until it is over, even if its cause changes meanwhile: otherwise that episode would
    report a recovery that did not happen. Consequences of a pipeline's failure join the episode of the pipeline.

    Returns:
        The problems of each cause that has any.
    """
    episode_of = {name: cause for cause, names in open_episodes.items() for name in names}
    grouped: dict[str, list[Result]] = {}
    for result in results:
        if result.is_problem:
            cause = episode_of.get(pipeline_check(result.cause), result.cause)
            grouped.setdefault(episode_of.get(result.check_name, cause), []).append(result)
    return grouped
