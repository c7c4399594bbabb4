"""The channels of alerts, by Airflow's connections: mail, Slack, and any other."""

from __future__ import annotations

import logging
import os
import smtplib
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.error import URLError

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowException, AirflowNotFoundException

from control_tower.errors import DeliveryFailed
from control_tower.monitoring.delivery import notify
from control_tower.monitoring.delivery.deadline import within_deadline
from control_tower.monitoring.delivery.extras import extra, missing
from control_tower.monitoring.delivery.mail import mail_parts
from control_tower.monitoring.delivery.message import Message, compose
from control_tower.monitoring.delivery.outbox import Channel
from control_tower.monitoring.delivery.slack import slack_blocks
from control_tower.settings import get_settings

MAIL_CONNECTION = "control_tower_smtp"
SLACK_CONNECTION = "control_tower_slack"

DEFAULT_SENDER = "control-tower@localhost"

_slack_log = logging.getLogger("control_tower.monitoring.slack_sdk")
"""Disabled: Slack's library logs the webhook's address, which is a secret. Its errors are raised all the same."""
_slack_log.disabled = True


def recipients() -> list[str]:
    """The addresses that alerts go to."""
    return [address for part in (get_settings().alert_recipients or "").split(",") if (address := part.strip())]


def configured() -> dict[str, bool | str | None]:
    """Whether each channel has its connection, and mail its recipients.

    None: Airflow cannot read the connection. A text: the connection is there, but what the channel needs is not
    installed.
    """
    return {
        "mail": _usable(MAIL_CONNECTION, "smtp", "airflow.providers.smtp") if recipients() else False,
        "slack": _usable(SLACK_CONNECTION, "slack", "airflow.providers.slack"),
        "notify": _usable(notify.CONNECTION, "notify", "apprise"),
    }


def available() -> dict[str, Channel]:
    """The channels whose connection can be read, by name."""
    every: dict[str, Channel] = {"mail": MailChannel(), "slack": SlackChannel(), "notify": notify.NotifyChannel()}
    return {name: every[name] for name, is_configured in configured().items() if is_configured}


def _usable(connection_id: str, extra_name: str, module: str) -> bool | str | None:
    readable = _can_read(connection_id)
    if not readable:
        return readable
    if connection_id == notify.CONNECTION and notify.is_notifier(BaseHook.get_connection(connection_id)):
        return True
    return missing(extra_name, module, connection_id) or True


def _can_read(connection_id: str) -> bool | None:
    try:
        BaseHook.get_connection(connection_id)
    except AirflowNotFoundException:
        # Airflow raises the same for a missing connection and for one that it cannot parse.
        return None if os.environ.get(f"AIRFLOW_CONN_{connection_id.upper()}") else False
    except Exception as error:  # noqa: BLE001 - secrets backends raise errors of any type
        logging.getLogger(__name__).warning("Connection %s: %s", connection_id, type(error).__name__)
        return None
    return True


class MailChannel:
    """Mail to the recipients of the settings, by the connection `control_tower_smtp`."""

    def send(self, facts: Mapping[str, Any], message_id: str) -> None:
        """Send one message as plain text and HTML, to the recipients that have not taken it yet.

        Raises:
            RecipientsRefused: The server refused some recipients, or all.
            DeliveryFailed: The server did not answer, or refused the message.
        """
        # Providers are imported only to send, which is rare: every task of the health DAG imports this module.
        with extra("smtp", MAIL_CONNECTION):
            from control_tower.monitoring.delivery import smtp

        left = recipients()
        if facts.get("recipients"):
            left = [address for address in left if address in facts["recipients"]]
            if not left:  # those that refused it were removed from the settings
                return
        message = compose(facts)
        try:
            hook = smtp.read_connection(MAIL_CONNECTION)
            mail = build_mail(message, message_id, hook.from_email or DEFAULT_SENDER, left)
            within_deadline(lambda: smtp.send_mail(hook, mail))
        except (smtplib.SMTPException, AirflowException, OSError) as error:
            raise _failed("The mail server", error) from error


def build_mail(message: Message, message_id: str, sender: str, to: Sequence[str]) -> EmailMessage:
    """The mail of a message: headers, plain text, HTML."""
    plain, html = mail_parts(message)
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = sender
    mail["To"] = ", ".join(to)
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = f"<{message_id}>"
    # Mail programs show the messages of one episode as one thread.
    mail["References"] = f"<episode-{message.thread}@control-tower>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.language
    mail.set_content(plain)
    mail.add_alternative(html, subtype="html")
    return mail


class SlackChannel:
    """Slack, by the incoming webhook of the connection `control_tower_slack`."""

    def send(self, facts: Mapping[str, Any], message_id: str) -> None:  # noqa: ARG002 - webhooks have no message ids
        """Send one message as blocks.

        Raises:
            DeliveryFailed: Slack did not answer, or refused the message.
        """
        with extra("slack", SLACK_CONNECTION):
            from airflow.providers.slack.hooks.slack_webhook import SlackWebhookHook

        message = compose(facts)
        hook = SlackWebhookHook(
            slack_webhook_conn_id=SLACK_CONNECTION,
            timeout=get_settings().alert_timeout_seconds,
            retry_handlers=[],
            logger=_slack_log,
        )
        text, blocks = slack_blocks(message)
        try:
            _ = hook.client  # reads the connection here: Airflow is asked by the task's own thread
            within_deadline(lambda: hook.send(text=text, blocks=blocks, unfurl_links=False, unfurl_media=False))
        except (AirflowException, URLError, OSError) as error:
            raise _failed("Slack", error) from error


def _failed(server: str, error: Exception) -> DeliveryFailed:
    return DeliveryFailed(
        f"{server} did not take the message: {type(error).__name__}: {error}.",
        "nothing is lost, it is sent again; check that the server runs and that the Airflow connections "
        f"`{MAIL_CONNECTION}` and `{SLACK_CONNECTION}` are right.",
    )
