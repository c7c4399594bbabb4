"""The provider's mail hook, as patient as our setting says."""

from __future__ import annotations

import logging
from email.message import EmailMessage
from typing import Any

from airflow.providers.smtp.hooks.smtp import SmtpHook

from control_tower.settings import get_settings

log = logging.getLogger(__name__)


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
        """Send a message. The hook's own `send_email_smtp` knows HTML alone; mail is to be read without it, too."""
        client: Any = self._smtp_client
        refused = client.send_message(mail)
        if refused:  # others took it: sent again, they would have it twice
            log.warning("The mail server refused some of the recipients: %s", ", ".join(sorted(refused)))
