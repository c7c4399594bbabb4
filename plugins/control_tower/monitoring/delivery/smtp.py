"""Sends a built mail through an Airflow connection of type `smtp`.

The provider's hook reads the connection. It can only send HTML and keeps its client private, so the client of the
standard library sends the mail: as built, without retries, and with the refusal of each recipient.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import closing
from email.message import EmailMessage

from airflow.providers.smtp.hooks.smtp import SmtpHook

from control_tower.errors import DeliveryFailed, RecipientsRefused
from control_tower.settings import get_settings


def read_connection(connection_id: str) -> SmtpHook:
    """The provider's hook with its connection loaded: its properties give host, port, login and extras.

    Raises:
        AirflowNotFoundException: Airflow knows no such connection.
    """
    hook = SmtpHook(smtp_conn_id=connection_id)
    hook.smtp_connection = hook.get_connection(connection_id)
    return hook


def send_mail(hook: SmtpHook, mail: EmailMessage) -> None:
    """Send a mail to its `To` addresses, waiting at most `CONTROL_TOWER_ALERT_TIMEOUT_SECONDS` for each answer.

    Raises:
        RecipientsRefused: The server refused some recipients, or all.
        DeliveryFailed: The connection has an unusable extra.
        smtplib.SMTPException: The server refused the session or the message.
        OSError: The server did not answer.
    """
    with closing(_connect(hook)) as client:
        try:
            refusals = client.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(error.recipients) from error
    if refusals:
        raise _refused(refusals)


def _connect(hook: SmtpHook) -> smtplib.SMTP:
    """A session with the server, encrypted and logged in as the connection says."""
    timeout = min(hook.timeout, get_settings().alert_timeout_seconds)
    port = hook.port or 0
    context = _ssl_context(hook.ssl_context) if hook.use_ssl or hook.smtp_starttls else None
    client = (
        smtplib.SMTP_SSL(hook.host, port, timeout=timeout, context=context)
        if hook.use_ssl
        else smtplib.SMTP(hook.host, port, timeout=timeout)
    )
    try:
        if hook.smtp_starttls:
            client.starttls(context=context)
        if hook.auth_type == "oauth2":
            identity = _oauth2_identity(hook)
            client.ehlo_or_helo_if_needed()
            client.auth("XOAUTH2", lambda _=None: identity)
        elif hook.smtp_user and hook.smtp_password:
            client.login(hook.smtp_user, hook.smtp_password)
    except BaseException:
        client.close()
        raise
    return client


def _ssl_context(name: str | None) -> ssl.SSLContext | None:
    """The context of the extra `ssl_context`: verifying by default; "none" does not verify the certificate."""
    if name not in (None, "default", "none"):
        raise DeliveryFailed(
            f"The mail connection's extra `ssl_context` is {name!r}.", 'set it to "default" or "none", or remove it.'
        )
    return None if name == "none" else ssl.create_default_context()


def _oauth2_identity(hook: SmtpHook) -> str:
    user = hook.smtp_user or hook.from_email
    if not user or not hook.access_token:
        raise DeliveryFailed(
            "The mail connection asks for OAuth 2 and lacks a user or an access token.",
            "set the login (or the extra `from_email`) and the extra `access_token`.",
        )
    return f"user={user}\x01auth=Bearer {hook.access_token}\x01\x01"


def _refused(refusals: Mapping[str, tuple[int, bytes]]) -> RecipientsRefused:
    return RecipientsRefused(
        {address: f"{code} {answer.decode(errors='replace')}" for address, (code, answer) in refusals.items()}
    )
