"""The outbox: nothing is lost, nothing is doubled, nothing waits for a channel that fails."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from control_tower.monitoring import health_check
from control_tower.monitoring.delivery import outbox
from control_tower.monitoring.delivery.outbox import backoff
from tests.monitoring.watchtower import ATTRIBUTION, IDENTITY, Watchtower

MINUTES_15 = timedelta(minutes=15)


@pytest.fixture
def broken(watchtower: Watchtower) -> Watchtower:
    """Identity has failed; attribution is well."""
    watchtower.run(ATTRIBUTION)
    watchtower.run(IDENTITY, "FAILED", error="the disk is full")
    return watchtower


def mend(watchtower: Watchtower) -> None:
    watchtower.now += timedelta(minutes=1)
    watchtower.all_is_well()


def test_a_server_that_refuses_gets_the_message_when_it_recovers_and_the_other_channel_at_once(
    broken: Watchtower,
) -> None:
    broken.mail.refusal = "connection refused"
    broken.check()
    assert broken.slack.notified == [("OPENED", IDENTITY)]
    assert broken.deliveries() == [("mail", "OPENED", "PENDING", 1), ("slack", "OPENED", "SENT", 1)]

    broken.mail.refusal = None
    broken.check(MINUTES_15)
    assert broken.mail.notified == [("OPENED", IDENTITY)]


def test_a_channel_that_fails_is_an_alert_of_its_own_on_the_other_channel(broken: Watchtower) -> None:
    broken.mail.refusal = "connection refused"
    broken.check()
    assert broken.check(MINUTES_15) == [("OPENED", "channel.mail")]
    assert broken.state("channel.mail") == ("YELLOW", "YELLOW_DELIVERY_FAILING")
    assert broken.slack.notified == [("OPENED", IDENTITY), ("OPENED", "channel.mail")]
    error = broken.warehouse.execute(
        "select details ->> 'error' from ops.v_check_results where check_name = 'channel.mail'"
    ).fetchone()
    assert error == ("connection refused",)

    broken.mail.refusal = None
    broken.check(MINUTES_15)
    assert broken.check(MINUTES_15) == [("CLOSED", "channel.mail")]
    assert broken.mail.notified == [("OPENED", IDENTITY)], "nobody needs to be told of it by mail"
    assert broken.slack.notified[-1] == ("CLOSED", "channel.mail")


def test_messages_of_one_alert_arrive_in_their_order(broken: Watchtower) -> None:
    broken.mail.refusal = "connection refused"
    broken.check()
    mend(broken)
    broken.check()
    assert broken.mail.notified == []
    broken.mail.refusal = None
    for _ in range(4):
        broken.check(MINUTES_15)
    assert broken.mail.notified == [("OPENED", IDENTITY), ("CLOSED", IDENTITY)]


def test_repeats_do_not_pile_up_behind_a_message_that_waits(broken: Watchtower) -> None:
    broken.mail.refusal = "connection refused"
    for _ in range(4):
        broken.check(timedelta(hours=13))
    kinds = [kind for channel, kind, _, _ in broken.deliveries() if channel == "mail"]
    assert kinds.count("REPEATED") == 0
    assert [kind for kind, cause in broken.slack.notified if cause == IDENTITY].count("REPEATED") == 1


@pytest.mark.parametrize(("hours", "state"), [(24, "YELLOW_DELIVERY_FAILING"), (24.1, "RED_DELIVERY_FAILING")])
def test_a_channel_that_fails_for_a_day_is_red(broken: Watchtower, hours: float, state: str) -> None:
    broken.mail.refusal = "connection refused"
    broken.check()
    broken.check(timedelta(hours=hours))
    assert broken.state("channel.mail")[1] == state


@pytest.mark.parametrize(("days", "status"), [(2.99, "PENDING"), (3, "GIVEN_UP")])
def test_a_message_is_given_up_after_three_days_and_that_shows(broken: Watchtower, days: float, status: str) -> None:
    broken.mail.refusal = "connection refused"
    broken.check()
    broken.check(timedelta(days=days))
    assert broken.deliveries()[0][2] == status
    broken.check(MINUTES_15)
    assert broken.state("channel.mail")[0] == "RED"


def test_attempts_come_after_one_two_four_minutes_and_at_most_ten() -> None:
    minutes = [backoff(attempt).total_seconds() / 60 for attempt in (1, 2, 3, 4, 5, 50)]
    assert minutes == [1, 2, 4, 8, 10, 10]


def test_a_server_that_was_away_for_hours_has_everything_at_the_first_check_after_it_is_back(
    watchtower: Watchtower,
) -> None:
    watchtower.run(IDENTITY, ago=timedelta(hours=30))
    watchtower.run(ATTRIBUTION)
    watchtower.mail.refusal = "connection refused"
    watchtower.check()
    for _ in range(14):
        watchtower.check(MINUTES_15)
    watchtower.mail.refusal = None
    watchtower.now += MINUTES_15
    watchtower.run(IDENTITY, "FAILED", error="the disk is full")
    watchtower.check()
    assert watchtower.mail.notified == [("OPENED", IDENTITY), ("ESCALATED", IDENTITY)]


def test_after_the_channel_was_taken_away_for_long_nothing_old_arrives_when_it_is_back(broken: Watchtower) -> None:
    broken.mail.refusal = "connection refused"
    broken.check()
    mend(broken)
    broken.now += timedelta(days=20)
    broken.all_is_well()
    only_slack = {"slack": broken.slack}
    health_check.run_all_checks(broken.warehouse, broken.now, configured={"mail": False, "slack": True})
    health_check.update_alerts(broken.warehouse, broken.now, only_slack)
    health_check.deliver_messages(broken.warehouse, broken.now, only_slack)
    broken.mail.refusal = None
    broken.check(MINUTES_15)
    assert IDENTITY not in [cause for _, cause in broken.mail.notified]
    assert ("CLOSED", IDENTITY) in broken.slack.notified
    assert broken.state("channel.mail") == ("OK", "OK")


def test_what_was_given_up_is_followed_by_what_is_still_true_and_by_no_end_of_what_was_never_told(
    broken: Watchtower,
) -> None:
    broken.mail.refusal = "connection refused"
    broken.check()
    broken.check(timedelta(days=3))  # the first message is given up, and the repeat takes its place
    broken.mail.refusal = None
    broken.check(MINUTES_15)
    assert [kind for kind, cause in broken.mail.notified if cause == IDENTITY] == ["REPEATED"]

    broken.mail.refusal = "connection refused"
    broken.now += timedelta(minutes=1)
    broken.run(ATTRIBUTION, "FAILED", error="another fault")
    broken.check()
    broken.now += timedelta(days=3)
    broken.all_is_well()
    broken.check()
    broken.mail.refusal = None
    broken.check(MINUTES_15)
    assert not [kind for kind, cause in broken.mail.notified if cause == ATTRIBUTION]
    assert ("CLOSED", IDENTITY) in broken.mail.notified


def test_a_channel_that_airflow_cannot_name_for_a_moment_gets_its_message_afterwards(broken: Watchtower) -> None:
    health_check.run_all_checks(broken.warehouse, broken.now, configured={"mail": True, "slack": True})
    health_check.update_alerts(broken.warehouse, broken.now, {"mail": broken.mail})
    health_check.deliver_messages(broken.warehouse, broken.now, {"mail": broken.mail})
    assert broken.slack.notified == []
    broken.check(MINUTES_15)
    assert broken.slack.notified == [("OPENED", IDENTITY)]


@pytest.mark.parametrize(("days", "is_queued"), [(2.99, True), (3, False)])
def test_a_channel_counts_as_there_for_three_days_after_it_was_last_seen(
    watchtower: Watchtower, days: float, is_queued: bool
) -> None:
    watchtower.all_is_well()
    watchtower.check()
    absent = {"mail": True, "slack": False}
    watchtower.now += MINUTES_15
    health_check.run_all_checks(watchtower.warehouse, watchtower.now, configured=absent)
    watchtower.now += timedelta(days=days)
    health_check.run_all_checks(watchtower.warehouse, watchtower.now, configured=absent)
    told = health_check.update_alerts(watchtower.warehouse, watchtower.now, {"mail": watchtower.mail})
    assert [message.channels for message in told] == [("mail", "slack") if is_queued else ("mail",)]


def test_a_fault_in_one_channel_s_own_program_silences_no_other(broken: Watchtower) -> None:
    def fall(facts: dict[str, Any], message_id: str) -> None:
        raise RuntimeError("https://hooks.example.org/secret")

    broken.mail.send = fall  # type: ignore[method-assign, assignment]
    broken.check()
    broken.check(MINUTES_15)
    assert broken.slack.notified == [("OPENED", IDENTITY), ("OPENED", "channel.mail")]
    error = broken.warehouse.execute("select last_error from ops.v_alert_deliveries where channel = 'mail'").fetchone()
    assert error == ("The channel could not be used: RuntimeError.",)


def test_a_message_that_is_refused_for_ever_holds_up_no_other(broken: Watchtower) -> None:
    poison = {"pipeline.identity_run"}
    send = broken.mail.send

    def refuse_one(facts: dict[str, Any], message_id: str) -> None:
        broken.mail.refusal = "bad content" if poison & {problem["check"] for problem in facts["problems"]} else None
        send(facts, message_id)

    broken.mail.send = refuse_one  # type: ignore[method-assign, assignment]
    broken.check()
    broken.now += timedelta(minutes=1)
    broken.run(ATTRIBUTION, "FAILED", error="another fault")
    for _ in range(3):
        broken.check(MINUTES_15)
    assert ("OPENED", ATTRIBUTION) in broken.mail.notified


class Dies(BaseException):
    """The process is killed."""


@pytest.mark.parametrize("step", ["record", "update", "commit of the message", "sending"])
def test_a_process_that_is_killed_between_two_steps_loses_and_doubles_nothing(
    broken: Watchtower, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def die(*_: Any, **__: Any) -> None:
        raise Dies

    places: dict[str, tuple[Any, str]] = {
        "record": (health_check, "record_health_check"),
        "update": (health_check.outbox, "queue"),
        "commit of the message": (health_check.outbox, "deliver"),
        "sending": (broken.mail, "send"),
    }
    with monkeypatch.context() as patch:
        patch.setattr(*places[step], die)
        with pytest.raises(Dies):
            broken.check()
    broken.check()

    assert broken.mail.notified == [("OPENED", IDENTITY)]
    assert broken.slack.notified == [("OPENED", IDENTITY)]
    assert len(broken.deliveries()) == 2


def test_killed_between_the_server_s_yes_and_our_commit_the_same_message_goes_out_again(broken: Watchtower) -> None:
    send = broken.mail.send
    is_first = True

    def die_once(facts: dict[str, Any], message_id: str) -> None:
        nonlocal is_first
        send(facts, message_id)
        if is_first:
            is_first = False
            raise Dies

    broken.mail.send = die_once  # type: ignore[method-assign, assignment]
    with pytest.raises(Dies):
        broken.check()
    broken.check()
    assert len(broken.mail.ids) == 2
    assert len(set(broken.mail.ids)) == 1, "a mailbox knows it by its Message-ID"


def test_two_senders_at_once_send_each_message_once(broken: Watchtower, warehouse: psycopg.Connection[Any]) -> None:
    broken.check(send=False)
    send = broken.mail.send

    def meanwhile(facts: dict[str, Any], message_id: str) -> None:
        with psycopg.connect(warehouse.info.dsn, autocommit=True) as other:
            outbox.deliver(other, broken.channels, broken.now)
        send(facts, message_id)

    broken.mail.send = meanwhile  # type: ignore[method-assign, assignment]
    outbox.deliver(warehouse, broken.channels, broken.now)
    assert broken.mail.notified == broken.slack.notified == [("OPENED", IDENTITY)]


def test_without_a_channel_alerts_are_kept_and_the_channels_are_reported_as_not_configured(
    broken: Watchtower,
) -> None:
    moment = broken.now
    health_check.run_all_checks(broken.warehouse, moment, configured={"mail": False, "slack": False})
    health_check.update_alerts(broken.warehouse, moment, {})
    assert broken.state("channel.mail") == ("UNKNOWN", "NOT_CONFIGURED")
    assert broken.state("channel.slack") == ("UNKNOWN", "NOT_CONFIGURED")
    assert list(broken.open_alerts()) == [IDENTITY]
    assert broken.deliveries() == []
