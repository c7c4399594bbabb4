"""When to speak: the state machine of episodes, example by example and by property."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from control_tower.health.episodes import Episode, Kind, advance, assign
from control_tower.health.results import RANK, Result, Severity

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
REPEAT = timedelta(hours=24)
TICK = timedelta(minutes=15)


def look(
    history: list[Any],
    *,
    silent: dict[int, set[str]] | None = None,
    acknowledge_at: int | None = None,
    hours: float = 0.25,
) -> list[Kind | None]:
    """Messages of a cause that is looked at every so many hours and found as told: None is healthy, a colour or a
    dict by check is a problem."""
    episode: Episode | None = None
    messages = []
    for number, found in enumerate(history):
        problems = found if isinstance(found, dict) else {"pipeline.identity_run": found} if found else {}
        step = advance(
            episode,
            "identity_run",
            problems,
            silent=(silent or {}).get(number, set()),
            now=START + number * timedelta(hours=hours),
            repeat_after=REPEAT,
        )
        messages.append(step.message)
        episode = step.episode if step.episode is None or step.episode.closed_at is None else None
        if number == acknowledge_at and episode is not None:
            episode = Episode(**{**vars(episode), "is_acknowledged": True})
    return messages


Y: Severity = "YELLOW"
R: Severity = "RED"


@pytest.mark.parametrize(
    ("history", "messages"),
    [
        ([None, None], [None, None]),
        ([Y, Y, Y, None], ["OPENED", None, None, "CLOSED"]),
        ([Y, R, R, None], ["OPENED", "ESCALATED", None, "CLOSED"]),
        ([R, Y, Y, None], ["OPENED", None, None, "CLOSED"]),
        ([R, Y, R, None], ["OPENED", None, None, "CLOSED"]),
        ([R, None, R, None], ["OPENED", "CLOSED", "OPENED", "CLOSED"]),
        ([{"a": Y}, {"a": Y, "b": Y}, {"b": Y}, {}], ["OPENED", "EXTENDED", None, "CLOSED"]),
        ([{"a": Y}, {"a": Y, "b": R}, {"a": R, "b": R}, {}], ["OPENED", "ESCALATED", "EXTENDED", "CLOSED"]),
        ([{"a": Y, "b": R}, {"a": Y}, {"a": Y, "b": R}, {}], ["OPENED", None, None, "CLOSED"]),
    ],
)
def test_a_message_per_change_for_the_worse_and_one_at_the_end(history: list[Any], messages: list[Any]) -> None:
    assert look(history) == messages


@pytest.mark.parametrize(
    ("minutes_later", "message"), [(24 * 60 - 1, None), (24 * 60, "REPEATED"), (24 * 60 + 1, "REPEATED")]
)
def test_an_unchanged_episode_is_repeated_when_its_interval_is_over(minutes_later: int, message: Kind | None) -> None:
    assert look([Y, Y], hours=minutes_later / 60) == ["OPENED", message]


def test_a_repeat_counts_anew_from_the_last_message() -> None:
    assert look([Y, R, R, R], hours=23) == ["OPENED", "ESCALATED", None, "REPEATED"]


def test_after_a_repeat_that_told_of_yellow_red_is_news_again() -> None:
    assert look([R, Y, R], hours=24) == ["OPENED", "REPEATED", "ESCALATED"]


def test_an_acknowledged_episode_is_not_repeated_until_it_gets_worse() -> None:
    assert look([Y, Y, Y, R, R], hours=25, acknowledge_at=0) == ["OPENED", None, None, "ESCALATED", "REPEATED"]


def test_a_muted_problem_is_told_when_its_mute_ends_and_not_at_all_if_it_ends_first() -> None:
    name = {"pipeline.identity_run"}
    assert look([Y, Y, Y], silent={0: name, 1: name}) == [None, None, "OPENED"]
    assert look([Y, Y, None], silent={0: name, 1: name, 2: name}) == [None, None, None]


def test_the_end_of_what_was_told_is_told_although_it_is_muted_by_then() -> None:
    name = {"pipeline.identity_run"}
    assert look([Y, Y, None], silent={1: name, 2: name}) == ["OPENED", None, "CLOSED"]


def test_what_cannot_be_told_any_more_is_not_over() -> None:
    opened = advance(None, "c", {"a": R}, now=START, repeat_after=REPEAT).episode
    unknown = advance(opened, "c", {}, unknown={"a"}, now=START + TICK, repeat_after=REPEAT)
    assert unknown.message is None
    assert unknown.episode is not None
    assert unknown.episode.closed_at is None
    assert unknown.episode.problems == {"a": R}


def test_what_was_never_known_opens_nothing() -> None:
    assert advance(None, "c", {}, unknown={"a"}, now=START, repeat_after=REPEAT).episode is None


def test_a_problem_stays_in_its_episode_although_its_cause_would_be_another_by_now() -> None:
    moved = Result("pipeline.identity_run", R, "RED_RUN_FAILED", "invariants")
    new = Result("invariant.x", R, "RED_INVARIANT_BROKEN", "invariants")
    assert assign([moved, new], {"identity_run": ["pipeline.identity_run"]}) == {
        "identity_run": [moved],
        "invariants": [new],
    }


CHECKS = ("a", "b", "c")


class OneCause(RuleBasedStateMachine):
    """Whatever happens in whatever order, messages are changes for the worse plus repeats that are due, and ends."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.state: dict[str, Severity] = dict.fromkeys(CHECKS, "OK")
        self.muted: set[str] = set()
        self.episode: Episode | None = None
        self.told: list[tuple[Kind, datetime, dict[str, Severity]]] = []
        self.opened = self.closed = 0
        self.last_seen: dict[str, Severity] = {}
        self.is_acknowledged = False

    @rule(check=st.sampled_from(CHECKS), severity=st.sampled_from(["OK", "UNKNOWN", "YELLOW", "RED"]))
    def a_check_changes(self, check: str, severity: Severity) -> None:
        self.state[check] = severity

    @rule(check=st.sampled_from(CHECKS))
    def somebody_mutes_or_unmutes(self, check: str) -> None:
        self.muted ^= {check}

    @rule()
    def somebody_acknowledges(self) -> None:
        if self.episode is not None:
            self.episode = Episode(**{**vars(self.episode), "is_acknowledged": True})

    @rule(minutes=st.sampled_from([0, 15, 15, 15, 60, 24 * 60 - 15, 24 * 60, 3 * 24 * 60]))
    def somebody_looks(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        before = self.episode
        problems = {name: found for name, found in self.state.items() if found in ("YELLOW", "RED")}
        unknown = {name for name, found in self.state.items() if found == "UNKNOWN"}
        step = advance(before, "c", problems, unknown=unknown, silent=self.muted, now=self.now, repeat_after=REPEAT)
        kept = {name for name in (before.problems if before else ()) if name in unknown}
        present = {**{name: before.problems[name] for name in kept if before}, **problems}
        audible = {name: found for name, found in present.items() if name not in self.muted}
        known = before.told if before else {}
        is_worse = any(RANK[found] > RANK[known.get(name, "OK")] for name, found in audible.items())
        is_repeat = bool(
            before
            and before.last_message_at
            and audible
            and not before.is_acknowledged
            and self.now - before.last_message_at >= REPEAT
        )
        if before is None and not present:
            assert step.episode is None
            assert step.message is None
        elif not present:
            assert before is not None
            assert (step.message == "CLOSED") == (before.messages > 0)
        elif is_worse:
            assert step.message in ("OPENED", "ESCALATED", "EXTENDED")
        else:
            assert step.message == ("REPEATED" if is_repeat else None)
        self.opened += before is None and step.episode is not None
        is_over = step.episode is not None and step.episode.closed_at is not None
        self.closed += is_over
        if step.message is not None:
            self.told.append((step.message, self.now, audible))
        again = advance(
            None if is_over else step.episode,
            "c",
            problems,
            unknown=unknown,
            silent=self.muted,
            now=self.now,
            repeat_after=REPEAT,
        )
        assert again.message is None, "looking again at the same moment is not news"
        self.episode = None if is_over else step.episode

    @invariant()
    def each_opened_episode_is_closed_exactly_once(self) -> None:
        assert self.opened - self.closed == (self.episode is not None)

    @invariant()
    def ends_follow_openings(self) -> None:
        kinds = [kind for kind, _, _ in self.told]
        counted = Counter(kinds)
        assert counted["OPENED"] - counted["CLOSED"] in (0, 1)
        ends = [kind for kind in kinds if kind in ("OPENED", "CLOSED")]
        assert ends == ["OPENED", "CLOSED"] * (len(ends) // 2) + ["OPENED"] * (len(ends) % 2)


OneCause.TestCase.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
test_no_order_of_events_makes_a_message_too_many_or_too_few = OneCause.TestCase
