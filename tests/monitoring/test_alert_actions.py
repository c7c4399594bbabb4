"""What humans do about an alert: acknowledge, mute, unmute; and what is refused."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from control_tower.errors import MuteInvalid, UnknownAlert
from control_tower.monitoring import acknowledge, mute, unmute
from tests.monitoring.watchtower import ATTRIBUTION, IDENTITY, Watchtower

HOUR = timedelta(hours=1)
MINUTES_15 = timedelta(minutes=15)


@pytest.fixture
def alarmed(watchtower: Watchtower) -> Watchtower:
    """Identity has failed, and that was told."""
    watchtower.run(ATTRIBUTION)
    watchtower.run(IDENTITY, "FAILED", error="the disk is full")
    watchtower.check()
    return watchtower


def open_id(watchtower: Watchtower) -> int:
    row = watchtower.warehouse.execute("select id from ops.v_open_alerts order by id limit 1").fetchone()
    assert row is not None
    return int(row[0])


def test_an_acknowledged_alert_is_not_repeated_and_says_who_takes_care(alarmed: Watchtower) -> None:
    done = acknowledge(open_id(alarmed), "ana", "buying a disk")
    assert (done.cause, done.who) == (IDENTITY, "ana")
    for _ in range(30):
        alarmed.now += HOUR
        alarmed.run(ATTRIBUTION)
        alarmed.check()
    assert [kind for kind, _ in alarmed.mail.notified] == ["OPENED"]
    row = alarmed.warehouse.execute("select acknowledged_by, acknowledge_reason from ops.v_open_alerts").fetchone()
    assert row == ("ana", "buying a disk")


def test_without_it_the_alert_is_repeated_after_its_interval(alarmed: Watchtower) -> None:
    for _ in range(49):
        alarmed.now += HOUR
        alarmed.run(ATTRIBUTION)
        alarmed.check()
    assert [kind for kind, _ in alarmed.mail.notified] == ["OPENED", "REPEATED", "REPEATED"]


@pytest.mark.parametrize("target", [IDENTITY, "pipeline.identity_run"])
def test_a_mute_by_cause_or_by_check_silences_until_its_end(watchtower: Watchtower, target: str) -> None:
    watchtower.all_is_well()
    watchtower.check()
    mute(target, watchtower.now + HOUR, "we move the server", "luis")
    watchtower.now += MINUTES_15
    watchtower.run(IDENTITY, "FAILED", error="no server")
    assert watchtower.check() == []
    assert list(watchtower.open_alerts()) == [IDENTITY], "silent is not unseen"
    assert watchtower.check(MINUTES_15) == []
    assert watchtower.check(HOUR) == [("OPENED", IDENTITY)]


def test_who_muted_until_when_and_why_is_shown(alarmed: Watchtower) -> None:
    until = alarmed.now + HOUR
    mute(IDENTITY, until, "we move the server", "luis")
    row = alarmed.warehouse.execute("select muted_until, muted_by, mute_reason from ops.v_open_alerts").fetchone()
    assert row == (until, "luis", "we move the server")
    checks = alarmed.warehouse.execute(
        "select muted_until, episode_id from ops.v_check_results where check_name = 'pipeline.identity_run'"
    ).fetchone()
    assert checks == (until, open_id(alarmed))


def test_an_unmuted_alert_speaks_again(watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    watchtower.check()
    mute(IDENTITY, watchtower.now + HOUR, "we move the server", "luis")
    unmute(IDENTITY, "ana")
    watchtower.now += MINUTES_15
    watchtower.run(IDENTITY, "FAILED", error="no server")
    assert watchtower.check() == [("OPENED", IDENTITY)]
    ended = watchtower.warehouse.execute("select muted_by, ended_by from ops.alert_mutes").fetchall()
    assert ended == [("luis", "ana")]


def test_a_later_mute_replaces_the_one_in_force(alarmed: Watchtower) -> None:
    mute(IDENTITY, alarmed.now + 10 * HOUR, "long", "luis")
    mute(IDENTITY, alarmed.now + HOUR, "short", "ana")
    row = alarmed.warehouse.execute("select muted_until, muted_by from ops.v_open_alerts").fetchone()
    assert row == (alarmed.now + HOUR, "ana")


@pytest.mark.parametrize(("who", "reason"), [("", "x"), ("  ", "x"), ("ana", ""), ("ana", " \n"), ("ana", "\x00")])
def test_nobody_and_no_reason_are_refused(alarmed: Watchtower, who: str, reason: str) -> None:
    with pytest.raises(MuteInvalid):
        acknowledge(open_id(alarmed), who, reason)
    with pytest.raises(MuteInvalid):
        mute(IDENTITY, alarmed.now + HOUR, reason, who)
    assert alarmed.warehouse.execute("select count(*) from ops.alert_mutes").fetchone() == (0,)
    assert alarmed.warehouse.execute("select acknowledged_at from ops.v_open_alerts").fetchone() == (None,)


@pytest.mark.parametrize("number", [0, -1, 999, 2**63, 2**70])
def test_an_alert_that_is_not_open_cannot_be_acknowledged(alarmed: Watchtower, number: int) -> None:
    with pytest.raises(UnknownAlert, match="v_open_alerts"):
        acknowledge(number, "ana", "x")


def test_an_alert_that_is_over_cannot_be_acknowledged(alarmed: Watchtower) -> None:
    number = open_id(alarmed)
    alarmed.now += MINUTES_15
    alarmed.all_is_well()
    alarmed.check()
    with pytest.raises(UnknownAlert):
        acknowledge(number, "ana", "x")


def test_a_name_that_nobody_knows_cannot_be_muted_nor_what_is_not_muted_unmuted(alarmed: Watchtower) -> None:
    with pytest.raises(UnknownAlert, match="v_check_results"):
        mute("no_such_check", alarmed.now + HOUR, "x", "ana")
    with pytest.raises(UnknownAlert, match="not muted"):
        unmute(IDENTITY, "ana")


@pytest.mark.parametrize("days", [-1, 90.1])
def test_a_mute_ends_in_the_future_and_within_ninety_days(alarmed: Watchtower, days: float) -> None:
    with pytest.raises(MuteInvalid):
        mute(IDENTITY, alarmed.now + timedelta(days=days), "x", "ana")


def test_a_mute_says_its_end_with_a_time_zone(alarmed: Watchtower) -> None:
    with pytest.raises(MuteInvalid, match="time zone"):
        mute(IDENTITY, datetime(2030, 1, 1), "x", "ana")  # noqa: DTZ001 - that is what is refused
