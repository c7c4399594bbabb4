"""Providers of channels are extras: without one, a channel says what to install, and only when it is set up."""

from __future__ import annotations

import sys

import pytest

from control_tower.errors import DeliveryFailed
from control_tower.monitoring.delivery.channels import MailChannel, SlackChannel, available
from control_tower.settings import get_settings
from tests.monitoring.test_message import facts

CHANNELS = {
    "mail": (MailChannel, "smtp", ("airflow.providers.smtp.hooks.smtp", "control_tower.monitoring.delivery.smtp")),
    "slack": (SlackChannel, "slack", ("airflow.providers.slack.hooks.slack_webhook",)),
}


@pytest.fixture(params=CHANNELS)
def absent(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a channel whose provider is not installed."""
    provider, *importers = CHANNELS[request.param][2]
    for module in importers:
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, provider, None)
    monkeypatch.delattr("control_tower.monitoring.delivery.smtp", raising=False)
    monkeypatch.setenv("CONTROL_TOWER_ALERT_RECIPIENTS", "ana@example.org")
    get_settings.cache_clear()
    return request.param


def test_a_channel_with_a_connection_names_the_extra_that_it_needs(
    absent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, extra, _ = CHANNELS[absent]
    connection = {"mail": "control_tower_smtp", "slack": "control_tower_slack"}[absent]
    monkeypatch.setenv(f"AIRFLOW_CONN_{connection.upper()}", "http://127.0.0.1:1")
    assert absent in available()
    with pytest.raises(DeliveryFailed) as failure:
        channel().send(facts(), "alert-1@control-tower")
    assert f"pip install 'control-tower[{extra}]'" in str(failure.value)
    assert connection in str(failure.value)


def test_a_channel_without_a_connection_needs_nothing(absent: str) -> None:
    assert absent not in available()
