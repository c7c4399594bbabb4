"""A mail server and a web server on loopback that can refuse, dawdle, break and recover."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class MailServer:
    """Takes mail, unless `answer` is something else than 250; waits `delay` seconds first."""

    def __init__(self, port: int, **options: Any) -> None:
        """`options` are those of aiosmtpd's Controller: login, STARTTLS, TLS."""
        self.options = options
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.answer = "250 OK"
        self.delay = 0.0
        self.port = port
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **self.options)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.answer.startswith("250"):
            content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
            mail = email.message_from_bytes(content, policy=email.policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
            self.raw.append(content)
            self.recipients.append(list(envelope.rcpt_tos))
        return self.answer

    def connection_with(self, login: str = "", password: str = "", **extra: Any) -> str:
        """For AIRFLOW_CONN_CONTROL_TOWER_SMTP: without encryption, unless the extras say otherwise."""
        default = {"disable_ssl": True, "disable_tls": True, "from_email": "control-tower@example.org", "timeout": 5}
        account = {"conn_type": "smtp", "host": "127.0.0.1", "port": self.port, "login": login, "password": password}
        return json.dumps(account | {"extra": default | extra})

    @property
    def connection(self) -> str:
        """The connection without login."""
        return self.connection_with()

    @property
    def subjects(self) -> list[str]:
        return [mail["Subject"] for mail in self.mails]


class WebServer:
    """Notes every POST as (path, body), and answers `status` after `delay` seconds."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, str]] = []
        self.status = 200
        self.delay = 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                time.sleep(outer.delay)
                if outer.status == 200:
                    outer.posts.append((self.path, body))
                try:
                    self.send_response(outer.status)
                    self.end_headers()
                    self.wfile.write(b"ok")
                except OSError:
                    pass  # the client did not wait

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def slack_connection(self) -> str:
        """For AIRFLOW_CONN_CONTROL_TOWER_SLACK."""
        return json.dumps({"conn_type": "slackwebhook", "host": self.url, "password": "T0/B0/secret"})

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What Slack was sent."""
        return [json.loads(body) for path, body in self.posts if path == "/T0/B0/secret"]

    @property
    def headers(self) -> list[str]:
        """The header of each message."""
        return [message["blocks"][0]["text"]["text"] for message in self.messages]

    @property
    def beats(self) -> list[str]:
        """Paths of the heartbeat."""
        return [path for path, _ in self.posts if path.startswith("/beat")]


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer(free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def web_server() -> Iterator[WebServer]:
    server = WebServer()
    try:
        yield server
    finally:
        server.stop()
