"""Who gets which alert: by severity and by subject."""

from __future__ import annotations

from datetime import timedelta

import pytest

from control_tower import alert_routes
from control_tower.alert_routes import parse, routed
from control_tower.errors import DatabaseUnreachable, SettingsInvalid
from control_tower.jobs import JOBS
from control_tower.monitoring import grouping, outage
from control_tower.monitoring.delivery import channels
from control_tower.settings import get_settings
from tests.monitoring.watchtower import ATTRIBUTION, IDENTITY, Notebook, Watchtower

ALL = ["mail", "notify", "slack"]


def set_routes(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("CONTROL_TOWER_ALERT_ROUTES", text)
    get_settings.cache_clear()


@pytest.mark.parametrize(
    ("text", "subject", "severity", "heard"),
    [
        ("", "sources", "YELLOW", ALL),
        ("slack=RED", "sources", "YELLOW", ["mail", "notify"]),
        ("slack=RED", "sources", "RED", ALL),
        ("slack=none", "sources", "RED", ["mail", "notify"]),
        ("notify=YELLOW:payments+database", "sources", "RED", ["mail", "slack"]),
        ("notify=YELLOW:payments+database", "payments", "YELLOW", ALL),
        ("slack=RED, slack=YELLOW:payments", "payments", "YELLOW", ALL),
        ("slack=RED, slack=YELLOW:payments", "sources", "YELLOW", ["mail", "notify"]),
        ("slack=RED:channel", "channel.mail", "RED", ALL),
        ("slack=RED:channel", "identity_run", "RED", ["mail", "notify"]),
    ],
)
def test_a_channel_gets_what_one_of_its_routes_lets_through(text, subject, severity, heard) -> None:
    assert routed(parse(text), ALL, subject, severity) == heard


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("slack", "is no list such as"),
        ("pager=RED", "channels are mail, slack, notify"),
        ("slack=ORANGE", "is no list such as"),
        ("slack=RED:money", "names a subject that is none of"),
        ("mail=NONE,slack=RED:payments,notify=RED:payments", "to no channel: identity_run"),
    ],
)
def test_a_wrong_route_is_refused_at_once(monkeypatch, text: str, message: str) -> None:
    set_routes(monkeypatch, text)
    with pytest.raises(SettingsInvalid, match=message):
        get_settings()


def test_the_names_are_those_of_channels_and_alerts() -> None:
    assert set(alert_routes.CHANNELS) == set(channels.configured())
    constants = {value for name, value in vars(grouping).items() if name.isupper() and isinstance(value, str)}
    assert set(alert_routes.SUBJECTS) == constants | set(JOBS) | {"channel"}
    description = type(get_settings()).model_fields["alert_routes"].description or ""
    assert all(f"`{subject}`" in description for subject in alert_routes.SUBJECTS)


def test_slack_hears_of_problems_alone_and_of_their_end(watchtower: Watchtower, monkeypatch) -> None:
    set_routes(monkeypatch, "slack=RED")
    watchtower.run(ATTRIBUTION)
    watchtower.run(IDENTITY, ago=timedelta(hours=30))
    watchtower.check()
    assert watchtower.mail.notified == [("OPENED", IDENTITY)]
    assert watchtower.slack.notified == []

    watchtower.now += timedelta(hours=19)
    watchtower.run(ATTRIBUTION)
    watchtower.check()
    assert watchtower.slack.notified == [("ESCALATED", IDENTITY)]

    watchtower.now += timedelta(minutes=15)
    watchtower.all_is_well()
    watchtower.check()
    assert watchtower.mail.notified[-1] == watchtower.slack.notified[-1] == ("CLOSED", IDENTITY)


def test_slack_does_not_hear_of_the_end_of_a_warning_that_it_did_not_hear_of(
    watchtower: Watchtower, monkeypatch
) -> None:
    set_routes(monkeypatch, "slack=RED")
    watchtower.run(ATTRIBUTION)
    watchtower.run(IDENTITY, ago=timedelta(hours=30))
    watchtower.check()
    watchtower.now += timedelta(minutes=15)
    watchtower.all_is_well()
    watchtower.check()
    assert watchtower.mail.notified == [("OPENED", IDENTITY), ("CLOSED", IDENTITY)]
    assert watchtower.slack.notified == []


class Store:
    """Keeps the state of the outage."""

    text: str | None = None

    def read(self) -> str | None:
        return self.text

    def write(self, text: str | None) -> None:
        self.text = text


def test_an_outage_and_its_end_go_where_the_route_of_the_database_leads(watchtower: Watchtower, monkeypatch) -> None:
    set_routes(monkeypatch, "mail=RED:payments")
    mail, slack, store = Notebook(), Notebook(), Store()
    error = DatabaseUnreachable("The database does not answer.", "start it.")
    outage.notify(error, {"mail": mail, "slack": slack}, watchtower.now, store)
    assert (mail.notified, slack.notified) == ([], [("OPENED", "database")])

    outage.close(watchtower.warehouse, watchtower.now + timedelta(minutes=30), store, channels=["mail", "slack"])
    assert watchtower.deliveries() == [("slack", "CLOSED", "PENDING", 0)]
