"""Mail and Slack as they are set up and answer in the wild: whatever goes wrong is a delivery that failed."""

from __future__ import annotations

import base64
import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from control_tower.errors import DeliveryFailed
from control_tower.monitoring import health_check
from control_tower.monitoring.delivery.channels import MailChannel, SlackChannel, available, configured
from control_tower.monitoring.delivery.outbox import Channel, send_message
from control_tower.monitoring.heartbeat import send_heartbeat
from control_tower.settings import get_settings
from tests.monitoring.servers import MailServer, free_port, web_server
from tests.monitoring.test_delivery import MINUTES_15
from tests.monitoring.test_message import facts
from tests.monitoring.watchtower import ATTRIBUTION, IDENTITY, Watchtower

SECRET = "wordoftheirs"
MAIL, SLACK = "AIRFLOW_CONN_CONTROL_TOWER_SMTP", "AIRFLOW_CONN_CONTROL_TOWER_SLACK"


class PickyServer(MailServer):
    """Refuses the addresses that begin with `luis`, as long as it has an answer for them."""

    refusal: str | None = "450 4.2.0 greylisted, try again later"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refusal and address.startswith("luis"):
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def picky(monkeypatch: pytest.MonkeyPatch) -> Iterator[PickyServer]:
    server = PickyServer(free_port())
    server.start()
    monkeypatch.setenv(MAIL, server.connection)
    monkeypatch.setenv("CONTROL_TOWER_ALERT_RECIPIENTS", "ana@example.org, luis@example.com")
    get_settings.cache_clear()
    yield server
    server.stop()


@pytest.fixture
def mailing(watchtower: Watchtower) -> Watchtower:
    """Identity has failed, and mail is the real channel."""
    watchtower.mail = MailChannel()  # type: ignore[assignment]
    watchtower.run(ATTRIBUTION)
    watchtower.run(IDENTITY, "FAILED", error="the disk is full")
    return watchtower


def answers_no_http() -> str:
    """Address of a server that is something else."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            client, _ = server.accept()
            client.recv(65_536)
            client.sendall(b"220 this is a mail server\r\n")
            client.close()

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{server.getsockname()[1]}"


def slack(**parts: Any) -> str:
    return json.dumps({"conn_type": "slackwebhook", "password": f"T0/B0/{SECRET}", **parts})


def smtp(**extra: Any) -> str:
    return json.dumps({"conn_type": "smtp", "host": "127.0.0.1", "port": 1, "extra": extra})


@pytest.mark.parametrize(
    ("variable", "connection"),
    [
        (SLACK, lambda: slack(host=answers_no_http())),
        (SLACK, lambda: slack(host="https://127.0.0.1:1", password=f"T0/B0/{SECRET} x")),
        (SLACK, lambda: f"slackwebhook://:T0%2FB0%2F{SECRET}@hooks.slack.com/services"),
        (SLACK, lambda: slack(host="ftp://127.0.0.1:1")),
        (SLACK, lambda: slack(host="https://127.0.0.1:1")),
        (SLACK, lambda: slack(password="")),
        (MAIL, lambda: smtp(timeout="ten")),
        (MAIL, lambda: smtp(ssl_context="None")),
        (MAIL, smtp),
    ],
    ids=["no HTTP", "space in the token", "as an address", "no web address", "refused", "no token",
         "timeout in words", "unknown context", "mail refused"],
)  # fmt: skip
def test_a_channel_that_is_set_up_wrongly_fails_by_itself_and_tells_no_secret(
    variable: str, connection: Callable[[], str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(variable, connection())
    monkeypatch.setenv("CONTROL_TOWER_ALERT_RECIPIENTS", "ana@example.org")
    channel: Channel = MailChannel() if variable == MAIL else SlackChannel()
    with caplog.at_level(logging.DEBUG), pytest.raises(DeliveryFailed) as failure:
        send_message(channel, facts(), "alert-1@control-tower")
    assert SECRET not in str(failure.value)
    assert SECRET not in caplog.text


class OAuthServer(MailServer):
    """Takes the access token `t0ken` of `ana`."""

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        is_right = base64.b64decode(args[1]) == b"user=ana\x01auth=Bearer t0ken\x01\x01"
        return AuthResult(success=is_right, handled=False)


def knows_ana(*parts: Any) -> AuthResult:
    return AuthResult(success=parts[-1] == LoginPassword(b"ana", b"s3cret"), handled=False)


def own_certificate(folder: Path) -> ssl.SSLContext:
    """A server's TLS context whose certificate no authority has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + MINUTES_15)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, unlocked = serialization.Encoding.PEM, serialization.NoEncryption()
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, unlocked) + certificate.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


NEEDS_LOGIN = {"auth_required": True, "auth_require_tls": False, "authenticator": knows_ana}


@pytest.mark.parametrize(
    ("server", "login", "extra", "is_taken"),
    [
        (lambda _: MailServer(free_port(), **NEEDS_LOGIN), ("ana", "s3cret"), {}, True),
        (lambda _: MailServer(free_port(), **NEEDS_LOGIN), ("ana", "guess"), {}, False),
        (lambda _: MailServer(free_port(), **NEEDS_LOGIN), ("", ""), {}, False),
        (lambda _: OAuthServer(free_port(), **NEEDS_LOGIN), ("ana", ""), {"access_token": "t0ken"}, True),
        (lambda _: OAuthServer(free_port(), **NEEDS_LOGIN), ("ana", ""), {"access_token": "old"}, False),
        (lambda _: OAuthServer(free_port(), **NEEDS_LOGIN), ("ana", ""), {"access_token": ""}, False),
        (lambda tls: MailServer(free_port(), tls_context=tls, require_starttls=True), ("", ""), {}, False),
        (
            lambda tls: MailServer(free_port(), tls_context=tls, require_starttls=True),
            ("", ""),
            {"disable_tls": False, "ssl_context": "none"},
            True,
        ),
        (lambda tls: MailServer(free_port(), tls_context=tls), ("", ""), {"disable_tls": False}, False),
        (
            lambda tls: MailServer(free_port(), ssl_context=tls),
            ("", ""),
            {"disable_ssl": False, "ssl_context": "none"},
            True,
        ),
        (lambda tls: MailServer(free_port(), ssl_context=tls), ("", ""), {"disable_ssl": False}, False),
    ],
    ids=["login", "wrong password", "no login", "OAuth", "old token", "no token", "no STARTTLS", "STARTTLS unverified",
         "STARTTLS verified", "TLS unverified", "TLS verified"],
)  # fmt: skip
def test_mail_is_encrypted_and_logs_in_as_its_connection_says(
    server: Callable[[ssl.SSLContext], MailServer],
    login: tuple[str, str],
    extra: dict[str, Any],
    is_taken: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mail = server(own_certificate(tmp_path))
    if "access_token" in extra:
        extra = extra | {"auth_type": "oauth2"}
    monkeypatch.setenv(MAIL, mail.connection_with(*login, **extra))
    monkeypatch.setenv("CONTROL_TOWER_ALERT_RECIPIENTS", "ana@example.org")
    mail.start()
    try:
        with nullcontext() if is_taken else pytest.raises(DeliveryFailed):
            send_message(MailChannel(), facts(), "alert-1@control-tower")
    finally:
        mail.stop()
    assert len(mail.mails) == is_taken


@pytest.mark.parametrize("status", [429, 404, 302, 500])
def test_slack_that_answers_anything_but_yes_has_not_taken_the_message(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web_server() as web:
        monkeypatch.setenv(SLACK, web.slack_connection)
        web.status = status
        with pytest.raises(DeliveryFailed):
            send_message(SlackChannel(), facts(), "alert-1@control-tower")


def test_an_address_that_is_refused_for_now_gets_the_message_later_and_the_others_get_it_once(
    picky: PickyServer, mailing: Watchtower
) -> None:
    mailing.check()
    assert picky.recipients == [["ana@example.org"]]
    assert mailing.deliveries()[0] == ("mail", "OPENED", "PENDING", 1)
    mailing.check(MINUTES_15)
    assert mailing.state("channel.mail") == ("YELLOW", "YELLOW_DELIVERY_FAILING")
    error = mailing.warehouse.execute(
        "select details ->> 'error' from ops.v_check_results where check_name = 'channel.mail'"
    ).fetchone()
    assert error == ("Not taken for luis@example.com: 450 4.2.0 greylisted, try again later.",)

    picky.refusal = None
    mailing.check(MINUTES_15)
    assert picky.recipients == [["ana@example.org"], ["luis@example.com"]]
    first, second = picky.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert second["To"] == "luis@example.com"
    assert mailing.deliveries()[0] == ("mail", "OPENED", "SENT", 3)


def test_an_address_that_does_not_exist_holds_up_nobody_and_is_told(picky: PickyServer, mailing: Watchtower) -> None:
    picky.refusal = "550 5.1.1 no such user"
    mailing.check()
    mailing.now += MINUTES_15
    mailing.run(IDENTITY)
    mailing.check()
    mailing.check(MINUTES_15)
    assert [mail["Subject"].split(":")[0] for mail in picky.mails] == [
        "[Control Tower] ROJO",
        "[Control Tower] RESUELTO",
    ]
    assert picky.recipients == [["ana@example.org"]] * 2
    assert mailing.state("channel.mail") == ("YELLOW", "YELLOW_DELIVERY_FAILING")
    assert ("OPENED", "channel.mail") in mailing.slack.notified


def test_an_address_that_is_no_recipient_any_more_is_not_written_to(
    picky: PickyServer, mailing: Watchtower, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing.check()
    monkeypatch.setenv("CONTROL_TOWER_ALERT_RECIPIENTS", "ana@example.org")
    get_settings.cache_clear()
    mailing.check(MINUTES_15)
    assert picky.recipients == [["ana@example.org"]]
    assert mailing.deliveries()[0][2] == "SENT"


@pytest.mark.parametrize("connection", ['{"conn_type": "slackwebhook", "password": "T0/B0/x"', "{conn_type: smtp}"])
def test_a_connection_that_is_there_but_cannot_be_read_is_red(
    watchtower: Watchtower, monkeypatch: pytest.MonkeyPatch, connection: str
) -> None:
    monkeypatch.setenv(SLACK, connection)
    assert configured() == {"mail": False, "slack": None, "notify": False}
    assert list(available()) == []
    watchtower.all_is_well()
    health_check.run_all_checks(watchtower.warehouse, watchtower.now)
    assert watchtower.state("channel.slack") == ("RED", "RED_DELIVERY_FAILING")
    assert watchtower.state("channel.mail") == ("UNKNOWN", "NOT_CONFIGURED")
    told = health_check.update_alerts(watchtower.warehouse, watchtower.now, {"mail": watchtower.mail})
    assert [(message.kind, message.cause, message.channels) for message in told] == [
        ("OPENED", "channel.slack", ("mail",))
    ]


def dribbles(beginning: bytes = b"") -> int:
    """Port of a server that says this, and then one byte every now and then, for ever."""
    server = socket.create_server(("127.0.0.1", 0))

    def talk(client: socket.socket) -> None:
        with suppress(OSError), client:
            client.sendall(beginning)
            while True:
                client.sendall(b"2")
                time.sleep(0.3)

    def serve() -> None:
        while True:
            client, _ = server.accept()
            threading.Thread(target=talk, args=[client], daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return int(server.getsockname()[1])


@pytest.mark.parametrize("greeting", [b"", b"220 here I am\r\n", b"220 here I am\r\n250-hello\r\n"])
def test_a_mail_server_that_says_one_byte_now_and_then_ends_in_time(
    mailing: Watchtower, monkeypatch: pytest.MonkeyPatch, greeting: bytes
) -> None:
    port = dribbles(greeting)
    connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": port}
    monkeypatch.setenv(MAIL, json.dumps(connection | {"extra": {"disable_ssl": True, "disable_tls": True}}))
    monkeypatch.setenv("CONTROL_TOWER_ALERT_RECIPIENTS", "ana@example.org")
    monkeypatch.setenv("CONTROL_TOWER_ALERT_TIMEOUT_SECONDS", "1")
    get_settings.cache_clear()
    health_check.run_all_checks(mailing.warehouse, mailing.now, configured={"mail": True, "slack": False})
    health_check.update_alerts(mailing.warehouse, mailing.now, {"mail": MailChannel()})
    started = time.monotonic()
    counts = health_check.deliver_messages(mailing.warehouse, mailing.now, {"mail": MailChannel()})
    assert (counts.sent, counts.failed) == (0, 1)
    assert time.monotonic() - started < 6
    waiting = mailing.warehouse.execute("select status, last_error from ops.alert_deliveries").fetchall()
    assert waiting
    assert all(status == "PENDING" for status, _ in waiting)
    assert any("no end after 3 s" in (error or "") for _, error in waiting)


def test_slack_and_the_monitor_outside_end_in_time_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTROL_TOWER_ALERT_TIMEOUT_SECONDS", "1")
    monkeypatch.setenv(SLACK, slack(host=f"http://127.0.0.1:{dribbles(b'HTTP/1.1 200 OK')}"))
    monkeypatch.setenv("CONTROL_TOWER_HEARTBEAT_URL", f"http://127.0.0.1:{dribbles(b'HTTP/1.1 200 OK')}/beat")
    get_settings.cache_clear()
    started = time.monotonic()
    with pytest.raises(DeliveryFailed, match="no end after 3 s"):
        send_message(SlackChannel(), facts(), "alert-1@control-tower")
    assert send_heartbeat("OK", "OK: all is well") is False
    assert time.monotonic() - started < 10
