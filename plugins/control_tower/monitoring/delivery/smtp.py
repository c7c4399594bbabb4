"""The provider's mail hook, as patient as our setting says."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

from airflow.providers.smtp.hooks.smtp import SmtpHook

from control_tower.errors import RecipientsRefused
from control_tower.settings import get_settings


class PatientSmtpHook(SmtpHook):
    """The provider's hook, which waits as long as our setting says and sends a message that is already built."""

    @property
    def timeout(self) -> int:
        """Seconds to wait for the server, at most those of the setting."""
        return min(super().timeout, get_settings().alert_timeout_seconds)

    @property
    def smtp_retry_limit(self) -> int:
        """None at once: a message that fails stays queued and is tried again later."""
        return 0

    def __enter__(self) -> PatientSmtpHook:
        """Connect and log in."""
        self.get_conn()
        return self

    def send(self, mail: EmailMessage) -> None:
        """Send a message. The hook's own `send_email_smtp` knows HTML alone; mail is to be read without it, too.

        Raises:
            RecipientsRefused: the server took it for some of the recipients.
        """
        client: Any = self._smtp_client
        refusals = client.send_message(mail)
        if refusals:
            raise refused(refusals)


def refused(refusals: Mapping[str, tuple[int, bytes]]) -> RecipientsRefused:
    """The error that says what the server answered for each address that it refused."""
    return RecipientsRefused(
        {address: f"{code} {said.decode(errors='replace')}" for address, (code, said) in refusals.items()}
    )
