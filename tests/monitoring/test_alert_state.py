"""When to speak: the state machine of episodes, example by example and by property."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from control_tower.monitoring.alert_state import Episode, MessageKind, group_by_episode, transition
from control_tower.monitoring.check_result import RANK, Result, Severity

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
REPEAT = timedelta(hours=24)
TICK = timedelta(minutes=15)


def messages_of(
    history: list[Any],
    *,
    muted: dict[int, set[str]] | None = None,
    acknowledge_at: int | None = None,
    hours: float = 0.25,
) -> list[MessageKind | None]:
    """Messages of a cause that is looked at every so many hours and found as told: None is healthy; a colour, a state,
    several states, or a dict of such by check is a problem."""
    episode: Episode | None = None
    messages = []
    for number, found in enumerate(history):
        by_check = found if isinstance(found, dict) else {"pipeline.identity_run": found} if found else {}
        states = {name: (one,) if isinstance(one, str) else one for name, one in by_check.items()}
        problems: dict[str, Severity] = {
            name: "RED" if any(state.startswith("RED") for state in those) else "YELLOW"
            for name, those in states.items()
        }
        step = transition(
            episode,
            "identity_run",
            problems,
            states={name: [state for state in those if state not in RANK] for name, those in states.items()},
            muted=(muted or {}).get(number, set()),
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
        ([{"a": Y, "b": R}, {"a": Y}, {"a": Y, "b": R}, {}], ["OPENED", None, "ESCALATED", "CLOSED"]),
        ([{"a": Y, "b": Y}, {"a": Y}, {"a": Y, "b": Y}, {}], ["OPENED", None, "EXTENDED", "CLOSED"]),
        ([{"a": R, "b": R}, {"a": R}, {"a": R, "b": R}, {}], ["OPENED", None, "EXTENDED", "CLOSED"]),
    ],
)
def test_a_message_per_change_for_the_worse_and_one_at_the_end(history: list[Any], messages: list[Any]) -> None:
    assert messages_of(history) == messages


STALE, FAILED, PAUSED = "RED_INGESTION_STALE", "RED_RUN_FAILED", "YELLOW_DAG_PAUSED"


@pytest.mark.parametrize(
    ("history", "messages"),
    [
        ([STALE, (STALE, FAILED), (STALE, FAILED), None], ["OPENED", "EXTENDED", None, "CLOSED"]),
        ([STALE, FAILED, None], ["OPENED", "EXTENDED", "CLOSED"]),
        ([PAUSED, ("YELLOW_INGESTION_STALE", PAUSED), None], ["OPENED", "EXTENDED", "CLOSED"]),
        ([PAUSED, (STALE, PAUSED), None], ["OPENED", "ESCALATED", "CLOSED"]),
        ([(STALE, FAILED), STALE, (STALE, FAILED), None], ["OPENED", None, None, "CLOSED"]),
        ([STALE, PAUSED, None], ["OPENED", None, "CLOSED"]),
    ],
)
def test_something_else_that_is_as_bad_is_news_and_something_less_bad_is_not(
    history: list[Any], messages: list[Any]
) -> None:
    assert messages_of(history) == messages


def test_a_source_that_stays_away_is_told_when_its_colour_changes_and_not_by_the_day() -> None:
    days = ["YELLOW_INGESTION_1D", "RED_INGESTION_STALE", ("RED_NO_INGESTION_2D", "RED_INGESTION_STALE"), "RED_NO_DATA"]
    assert messages_of(days) == ["OPENED", "ESCALATED", None, "EXTENDED"]


def test_what_recovers_and_breaks_again_is_told_although_somebody_takes_care_of_the_rest() -> None:
    rest = {"b": Y}
    history = [{"a": R, **rest}, *[rest] * 3, {"a": R, **rest}, {"a": R, **rest}]
    messages = ["OPENED", None, None, None, "ESCALATED", "REPEATED"]
    assert messages_of(history, acknowledge_at=0, hours=25) == messages


def test_a_clock_that_was_ahead_ends_no_episode_before_it_began_and_keeps_no_repeat_away() -> None:
    ahead = transition(None, "c", {"a": R}, now=START + timedelta(days=2), repeat_after=REPEAT).episode
    assert ahead is not None
    back = transition(ahead, "c", {"a": R}, now=START, repeat_after=REPEAT)
    assert back.message is None
    assert transition(back.episode, "c", {"a": R}, now=START + REPEAT, repeat_after=REPEAT).message == "REPEATED"
    over = transition(back.episode, "c", {}, now=START + TICK, repeat_after=REPEAT)
    assert over.message == "CLOSED"
    assert over.episode is not None
    assert over.episode.closed_at == over.episode.opened_at


@pytest.mark.parametrize(
    ("minutes_later", "message"), [(24 * 60 - 1, None), (24 * 60, "REPEATED"), (24 * 60 + 1, "REPEATED")]
)
def test_an_unchanged_episode_is_repeated_when_its_interval_is_over(
    minutes_later: int, message: MessageKind | None
) -> None:
    assert messages_of([Y, Y], hours=minutes_later / 60) == ["OPENED", message]


def test_a_repeat_counts_anew_from_the_last_message() -> None:
    assert messages_of([Y, R, R, R], hours=23) == ["OPENED", "ESCALATED", None, "REPEATED"]


def test_after_a_repeat_that_told_of_yellow_red_is_news_again() -> None:
    assert messages_of([R, Y, R], hours=24) == ["OPENED", "REPEATED", "ESCALATED"]


def test_an_acknowledged_episode_is_not_repeated_until_it_gets_worse() -> None:
    assert messages_of([Y, Y, Y, R, R], hours=25, acknowledge_at=0) == ["OPENED", None, None, "ESCALATED", "REPEATED"]


def test_a_muted_problem_is_told_when_its_mute_ends_and_not_at_all_if_it_ends_first() -> None:
    name = {"pipeline.identity_run"}
    assert messages_of([Y, Y, Y], muted={0: name, 1: name}) == [None, None, "OPENED"]
    assert messages_of([Y, Y, None], muted={0: name, 1: name, 2: name}) == [None, None, None]


def test_what_was_told_before_it_was_muted_is_no_news_when_the_mute_ends() -> None:
    history = [{"a": R}, {"a": R, "b": R}, {"a": R, "b": R}]
    assert messages_of(history, muted={1: {"a"}}) == ["OPENED", "EXTENDED", None]


def test_a_message_tells_of_what_is_audible_and_names_what_is_new() -> None:
    opened = transition(None, "c", {"a": R, "b": Y}, muted={"a"}, now=START, repeat_after=REPEAT)
    assert (opened.reported, opened.news) == ({"b": Y}, ("b",))
    more = transition(opened.episode, "c", {"a": R, "b": Y, "c": Y}, muted={"a"}, now=START, repeat_after=REPEAT)
    assert (more.message, more.reported, more.news) == ("EXTENDED", {"b": Y, "c": Y}, ("c",))
    over = transition(more.episode, "c", {}, now=START, repeat_after=REPEAT)
    assert (over.message, over.reported) == ("CLOSED", {"b": Y, "c": Y})


def test_the_end_of_what_was_told_is_told_although_it_is_muted_by_then() -> None:
    name = {"pipeline.identity_run"}
    assert messages_of([Y, Y, None], muted={1: name, 2: name}) == ["OPENED", None, "CLOSED"]


def test_what_cannot_be_told_any_more_is_not_over() -> None:
    opened = transition(None, "c", {"a": R}, now=START, repeat_after=REPEAT).episode
    unknown = transition(opened, "c", {}, unknown={"a"}, now=START + TICK, repeat_after=REPEAT)
    assert unknown.message is None
    assert unknown.episode is not None
    assert unknown.episode.closed_at is None
    assert unknown.episode.problems == {"a": R}


def test_what_was_never_known_opens_nothing() -> None:
    assert transition(None, "c", {}, unknown={"a"}, now=START, repeat_after=REPEAT).episode is None


def test_a_problem_stays_in_its_episode_although_its_cause_would_be_another_by_now() -> None:
    moved = Result("pipeline.identity_run", R, "RED_RUN_FAILED", "invariants")
    new = Result("invariant.x", R, "RED_INVARIANT_BROKEN", "invariants")
    assert group_by_episode([moved, new], {"identity_run": ["pipeline.identity_run"]}) == {
        "identity_run": [moved],
        "invariants": [new],
    }


CHECKS = ("a", "b", "c")


STATES = ("RED_A", "RED_B")


class OneCause(RuleBasedStateMachine):
    """Whatever happens in whatever order, messages are changes for the worse plus repeats that are due, and ends.

    What the reader knows is kept here, and from the messages alone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.state: dict[str, tuple[Severity, frozenset[str]]] = dict.fromkeys(CHECKS, ("OK", frozenset()))
        self.muted: set[str] = set()
        self.episode: Episode | None = None
        self.kinds: list[MessageKind] = []
        self.opened = self.closed = 0
        self.forget()

    def forget(self) -> None:
        self.found: dict[str, Severity] = {}
        self.known: dict[str, tuple[Severity, frozenset[str]]] = {}
        self.last_message_at: datetime | None = None
        self.is_acknowledged = False

    @rule(
        check=st.sampled_from(CHECKS),
        severity=st.sampled_from(["OK", "UNKNOWN", "YELLOW", "RED"]),
        states=st.frozensets(st.sampled_from(STATES), min_size=1),
    )
    def a_check_changes(self, check: str, severity: Severity, states: frozenset[str]) -> None:
        self.state[check] = severity, states

    @rule(check=st.sampled_from(CHECKS))
    def somebody_mutes_or_unmutes(self, check: str) -> None:
        self.muted ^= {check}

    @rule()
    def somebody_acknowledges(self) -> None:
        if self.episode is not None:
            self.is_acknowledged = True
            self.episode = Episode(**{**vars(self.episode), "is_acknowledged": True})

    def due(self, problems: dict[str, Severity]) -> MessageKind | None:
        """The message that the reader is owed."""
        if not self.found:
            return "CLOSED" if self.last_message_at else None
        audible = {name: severity for name, severity in self.found.items() if name not in self.muted}
        news = []
        for name, severity in audible.items():
            known, states = self.known.get(name, ("OK", frozenset()))
            is_other = name in problems and severity == known and not self.state[name][1] <= states
            if RANK[severity] > RANK[known] or is_other:
                news.append(severity)
        if news and self.last_message_at is None:
            return "OPENED"
        if news:
            knew_red = any(severity == "RED" for severity, _ in self.known.values())
            return "ESCALATED" if "RED" in news and not knew_red else "EXTENDED"
        is_old = self.last_message_at is not None and self.now - self.last_message_at >= REPEAT
        return "REPEATED" if audible and is_old and not self.is_acknowledged else None

    @rule(minutes=st.sampled_from([0, 15, 15, 15, 60, 24 * 60 - 15, 24 * 60, 3 * 24 * 60]))
    def somebody_looks(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        problems = {name: severity for name, (severity, _) in self.state.items() if severity in ("YELLOW", "RED")}
        unknown = {name for name, (severity, _) in self.state.items() if severity == "UNKNOWN"}
        told: dict[str, Any] = {
            "states": {name: self.state[name][1] for name in problems},
            "unknown": unknown,
            "muted": self.muted,
            "now": self.now,
            "repeat_after": REPEAT,
        }
        step = transition(self.episode, "c", problems, **told)
        was_open = bool(self.found)
        self.found = {**{name: was for name, was in self.found.items() if name in unknown}, **problems}
        self.known = {name: knew for name, knew in self.known.items() if name in self.found}
        assert step.message == self.due(problems)
        assert (step.episode is None) == (not was_open and not self.found)
        is_over = step.episode is not None and step.episode.closed_at is not None
        assert is_over == (was_open and not self.found)
        self.opened += not was_open and bool(self.found)
        self.closed += is_over
        if step.message is not None:
            self.kinds.append(step.message)
            self.last_message_at = self.now
            self.is_acknowledged &= step.message == "REPEATED"
            if not is_over:
                assert step.reported == {name: was for name, was in self.found.items() if name not in self.muted}
            for name, severity in step.reported.items():
                states = self.state[name][1] if name in problems else frozenset()
                self.known[name] = severity, states
        again = transition(None if is_over else step.episode, "c", problems, **told)
        assert again.message is None, "looking again at the same moment is not news"
        self.episode = None if is_over else step.episode
        if is_over:
            self.forget()

    @invariant()
    def each_opened_episode_is_closed_exactly_once(self) -> None:
        assert self.opened - self.closed == (self.episode is not None)

    @invariant()
    def ends_follow_openings(self) -> None:
        counted = Counter(self.kinds)
        assert counted["OPENED"] - counted["CLOSED"] in (0, 1)
        ends = [kind for kind in self.kinds if kind in ("OPENED", "CLOSED")]
        assert ends == ["OPENED", "CLOSED"] * (len(ends) // 2) + ["OPENED"] * (len(ends) % 2)


OneCause.TestCase.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
test_no_order_of_events_makes_a_message_too_many_or_too_few = OneCause.TestCase
