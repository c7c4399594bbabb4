"""Any other channel: addresses of Apprise and notifiers of providers, by the connection control_tower_notify."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from airflow.sdk import BaseNotifier

from control_tower.errors import DeliveryFailed, RecipientsRefused
from control_tower.monitoring import health_check
from control_tower.monitoring.delivery import channels, notify
from control_tower.monitoring.delivery.message import compose
from control_tower.monitoring.delivery.notify import NotifyChannel, addresses, name_of, secrets_of
from control_tower.monitoring.delivery.outbox import send_message
from control_tower.settings import get_settings
from tests.monitoring.servers import WebServer, free_port, mail_server, web_server
from tests.monitoring.test_channels import dribbles
from tests.monitoring.test_message import facts
from tests.monitoring.watchtower import ATTRIBUTION, IDENTITY, Watchtower

NOTIFY = "AIRFLOW_CONN_CONTROL_TOWER_NOTIFY"
SECRET = "hook7secretword"


def address(web: WebServer, path: str = f"services/{SECRET}") -> str:
    return web.url.replace("http://", f"json://user:{SECRET}pw@") + f"/{path}"


def connect(monkeypatch: pytest.MonkeyPatch, *found: str, **extra: object) -> None:
    connection = {"conn_type": "apprise", "password": "\n".join(found), "extra": extra}
    monkeypatch.setenv(NOTIFY, json.dumps(connection))


@pytest.fixture
def web():
    with web_server() as running:
        yield running


def test_an_address_gets_the_message_as_text_with_what_to_do(web, monkeypatch) -> None:
    connect(monkeypatch, address(web))
    assert channels.configured()["notify"] is True
    send_message(channels.available()["notify"], facts(), "alert-1@control-tower")
    ((path, body),) = web.posts
    sent, message = json.loads(body), compose(facts())
    assert path == f"/services/{SECRET}"
    assert sent["title"] == message.subject
    assert sent["type"] == "failure"
    for part in (message.summary, message.problems[0].title, message.problems[0].action, message.footer):
        assert part in sent["message"]
    assert message.headline not in sent["message"]


@pytest.mark.parametrize(("kind", "severity", "shown"), [("OPENED", "YELLOW", "warning"), ("CLOSED", "RED", "success")])
def test_the_service_shows_how_bad_it_is(web, monkeypatch, kind, severity, shown) -> None:
    connect(monkeypatch, address(web))
    NotifyChannel().send(facts(kind) | {"severity": severity}, "alert-1@control-tower")
    assert json.loads(web.posts[0][1])["type"] == shown


def test_no_secret_of_an_address_is_in_an_error_or_in_the_log(web, monkeypatch, caplog) -> None:
    web.status = 500
    caplog.set_level(logging.DEBUG, logger="apprise")
    closed = f"json://user:{SECRET}@127.0.0.1:{free_port()}/{SECRET}"
    connect(monkeypatch, address(web), closed, f"tgram://{SECRET}")
    with pytest.raises(RecipientsRefused) as failure:
        NotifyChannel().send(facts(), "alert-1@control-tower")
    assert len(failure.value.recipients) == 3
    assert "500" in str(failure.value)
    assert "no address that Apprise understands" in str(failure.value)
    for text in (str(failure.value), repr(failure.value.args), caplog.text):
        assert SECRET not in text
    logging.getLogger("apprise").warning("of somebody else")
    assert "of somebody else" in caplog.text


@pytest.mark.parametrize(("is_disabled", "level"), [(True, logging.NOTSET), (False, logging.ERROR)])
def test_why_is_told_whatever_the_host_does_with_log_lines(web, monkeypatch, caplog, is_disabled, level) -> None:
    """Whoever configures logging disables the loggers that exist, unless told not to."""
    logger = logging.getLogger("apprise")
    caplog.set_level(level, logger="apprise")
    monkeypatch.setattr(logger, "disabled", is_disabled)
    web.status = 503
    connect(monkeypatch, address(web))
    with pytest.raises(RecipientsRefused, match="503"):
        NotifyChannel().send(facts(), "alert-1@control-tower")
    assert (logger.disabled, logger.level) == (is_disabled, level)


def test_what_one_address_took_it_does_not_get_again(web, watchtower: Watchtower, monkeypatch) -> None:
    with web_server() as other:
        connect(monkeypatch, address(web), address(other))
        other.status = 503
        watchtower.run(ATTRIBUTION)
        watchtower.run(IDENTITY, "FAILED", error="the disk is full")
        only = {"notify": NotifyChannel()}
        health_check.run_all_checks(watchtower.warehouse, watchtower.now, configured={"notify": True})
        health_check.update_alerts(watchtower.warehouse, watchtower.now, only)
        health_check.deliver_messages(watchtower.warehouse, watchtower.now, only)
        assert (len(web.posts), len(other.posts)) == (1, 0)
        ((left, error),) = watchtower.warehouse.execute(
            "select recipients, last_error from ops.alert_deliveries where status = 'PENDING'"
        ).fetchall()
        assert left == [name_of(address(other))]
        assert "503" in error
        assert SECRET not in error

        other.status = 200
        health_check.deliver_messages(watchtower.warehouse, watchtower.now + timedelta(minutes=15), only)
        assert (len(web.posts), len(other.posts)) == (1, 1)
        assert watchtower.deliveries() == [("notify", "OPENED", "SENT", 2)]


def test_slow_servers_hold_up_nobody(web, monkeypatch) -> None:
    monkeypatch.setenv("CONTROL_TOWER_ALERT_TIMEOUT_SECONDS", "1")
    get_settings.cache_clear()
    slow = [f"json://127.0.0.1:{dribbles(b'HTTP/1.1 200 OK')}/{number}?rto=600" for number in range(3)]
    connect(monkeypatch, *slow, address(web))
    started = time.monotonic()
    with pytest.raises(RecipientsRefused, match="no end after 3 s") as failure:
        NotifyChannel().send(facts(), "alert-1@control-tower")
    assert time.monotonic() - started < 8
    assert set(failure.value.recipients) == {name_of(one) for one in slow}
    assert len(web.posts) == 1


def test_without_a_connection_it_is_not_configured(watchtower: Watchtower, monkeypatch) -> None:
    monkeypatch.delenv(NOTIFY, raising=False)
    assert channels.configured()["notify"] is False
    assert "notify" not in channels.available()
    health_check.run_all_checks(watchtower.warehouse, watchtower.now, configured=channels.configured())
    assert watchtower.state("channel.notify") == ("UNKNOWN", "NOT_CONFIGURED")


def test_without_apprise_the_health_page_says_what_to_install(watchtower: Watchtower, monkeypatch) -> None:
    connect(monkeypatch, "json://127.0.0.1/x")
    monkeypatch.setitem(__import__("sys").modules, "apprise", None)
    assert "pip install 'control-tower[notify]'" in str(channels.configured()["notify"])
    health_check.run_all_checks(watchtower.warehouse, watchtower.now, configured=channels.configured())
    assert watchtower.state("channel.notify") == ("RED", "RED_DELIVERY_FAILING")
    details = "select details ->> 'error' from ops.v_check_results where check_name = 'channel.notify'"
    ((error,),) = watchtower.warehouse.execute(details).fetchall()
    assert "apprise is not installed" in error
    with pytest.raises(DeliveryFailed, match="control-tower\\[notify\\]"):
        NotifyChannel().send(facts(), "alert-1@control-tower")


def test_a_connection_without_an_address_says_so(monkeypatch) -> None:
    connect(monkeypatch)
    with pytest.raises(DeliveryFailed, match="holds no address"):
        NotifyChannel().send(facts(), "alert-1@control-tower")


@pytest.mark.parametrize(
    ("password", "config", "found"),
    [
        ("json://a/b json://c/d", None, ["json://a/b", "json://c/d"]),
        ("tgram://token/1,2, slack://x/y/z", None, ["tgram://token/1,2", "slack://x/y/z"]),
        ("", {"path": "json://a/b", "tag": "alerts"}, ["json://a/b"]),
        ("", [{"path": "json://a/b"}, "json://c/d"], ["json://a/b", "json://c/d"]),
        ("json://a/b", "json://a/b", ["json://a/b"]),
    ],
)
def test_addresses_stand_in_the_password_or_as_the_apprise_provider_has_them(
    monkeypatch, password, config, found
) -> None:
    connect(monkeypatch, password, **({"config": config} if config else {}))
    assert addresses(notify.BaseHook.get_connection(notify.CONNECTION)) == found


def test_all_parts_of_an_address_are_secret_but_its_service() -> None:
    found = "tgram://123456:ABC-def%20x@host.example/-1001?key=Quiet#frag7"
    assert {"123456", "ABC-def%20x", "ABC-def x", "host.example", "-1001", "Quiet", "frag7"} <= set(secrets_of(found))
    assert name_of(found).startswith("tgram ")


class KeptNotifier(BaseNotifier):
    """A notifier that keeps what it is given, or fails."""

    template_fields = ("text",)
    taken: ClassVar[list[str]] = []

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def notify(self, context) -> None:
        if self.text == "fail":
            raise ValueError(SECRET)
        self.taken.append(self.text)


THIS = f"{__name__}.KeptNotifier"


def test_a_notifier_of_a_provider_sends_it_too(monkeypatch) -> None:
    with mail_server() as web:
        monkeypatch.setenv("AIRFLOW_CONN_MY_SMTP", web.connection)
        connect(
            monkeypatch,
            notifier="airflow.providers.smtp.notifications.smtp.SmtpNotifier",
            arguments={
                "smtp_conn_id": "my_smtp",
                "from_email": "tower@example.org",
                "to": "ana@example.org",
                "subject": "{{ message.subject }}",
                "html_content": "{{ message.html }}",
            },
        )
        assert channels.configured()["notify"] is True
        send_message(NotifyChannel(), facts(), "alert-1@control-tower")
        assert web.subjects == [compose(facts()).subject]


def test_a_notifier_that_fails_is_a_failed_delivery_without_its_words(monkeypatch) -> None:
    connect(monkeypatch, notifier=THIS, arguments={"text": "{{ message.headline }}"})
    NotifyChannel().send(facts(), "alert-1@control-tower")
    assert KeptNotifier.taken == [compose(facts()).headline]
    connect(monkeypatch, notifier=THIS, arguments={"text": "fail"})
    with pytest.raises(DeliveryFailed, match="KeptNotifier failed: ValueError") as failure:
        NotifyChannel().send(facts(), "alert-1@control-tower")
    assert SECRET not in str(failure.value)
    assert failure.value.__cause__ is None


@pytest.mark.parametrize("name", ["no.such.Notifier", "os.getcwd", "plain", f"{__name__}.datetime"])
def test_what_is_no_notifier_is_not_called(monkeypatch, name: str) -> None:
    connect(monkeypatch, notifier=name)
    with pytest.raises(DeliveryFailed, match=r"is not installed|is no notifier"):
        NotifyChannel().send(facts() | {"at": datetime.now(UTC).isoformat()}, "alert-1@control-tower")
