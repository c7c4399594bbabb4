"""Sends what is queued: each message in a transaction of its own, tried again later when a channel fails.

A message is sent at least once. Only a process that dies between a server's yes and our commit sends it again, and mail
then carries the same Message-ID. A channel that fails holds up neither the other channel nor the health check.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import psycopg
from psycopg.rows import dict_row

from control_tower.database import read_sql
from control_tower.errors import DeliveryFailed

log = logging.getLogger(__name__)

LONGEST_BACKOFF = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)
"""A message that could not be delivered for so long is given up: what it told is history by then."""
LONGEST_ERROR = 500


class Channel(Protocol):
    """A way to people."""

    def send(self, facts: Mapping[str, Any], message_id: str) -> None:
        """Send one message.

        Raises:
            DeliveryFailed: it did not arrive, as far as we know.
        """


@dataclass(frozen=True)
class Sent:
    """What one round of sending came to.

    Attributes:
        sent: Messages that were accepted.
        failed: Messages that were tried in vain; they stay queued.
    """

    sent: int = 0
    failed: int = 0


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 1, 2, 4 … minutes, at most an hour."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_BACKOFF)


def deliver(connection: psycopg.Connection[Any], channels: Mapping[str, Channel], moment: datetime) -> Sent:
    """Send every message that is due.

    Args:
        connection: Session in autocommit.
        channels: The channels that are configured, by name.
        moment: The clock of attempts.
    """
    sent = failed = 0
    for name, channel in channels.items():
        # After a failure the others of this channel wait: the same server would keep each of them waiting, too.
        while (arrived := _deliver_next(connection, name, channel, moment)) is True:
            sent += 1
        if arrived is False:
            failed += 1
            _give_up(connection, name, moment)
    return Sent(sent, failed)


def _deliver_next(connection: psycopg.Connection[Any], name: str, channel: Channel, moment: datetime) -> bool | None:
    """Send the next message of a channel; whether it arrived, None when there is none."""
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(read_sql("7_alerts/claim_delivery.sql"), {"channel": name, "moment": moment}).fetchone()
        if row is None:
            return None
        attempts = row["attempts"] + 1
        try:
            channel.send(row["facts"], row["message_id"])
        except DeliveryFailed as error:
            cursor.execute(
                "update ops.alert_deliveries set attempts = %s, last_attempt_at = %s, next_attempt_at = %s,"
                " last_error = %s where id = %s",
                [attempts, moment, moment + backoff(attempts), error.problem[:LONGEST_ERROR], row["id"]],
            )
            log.warning("%s: attempt %s failed, %s", name, attempts, error.problem)
            return False
        cursor.execute(
            "update ops.alert_deliveries set attempts = %s, last_attempt_at = %s, sent_at = %s, last_error = null,"
            " status = 'SENT' where id = %s",
            [attempts, moment, moment, row["id"]],
        )
        log.info("%s: sent %s", name, row["message_id"])
        return True


def _give_up(connection: psycopg.Connection[Any], name: str, moment: datetime) -> None:
    """Give up what has waited for too long for a channel that has just failed again."""
    connection.execute(
        "update ops.alert_deliveries set status = 'GIVEN_UP', last_attempt_at = %s,"
        " last_error = coalesce(last_error, 'the channel failed before it was tried')"
        " where channel = %s and status = 'PENDING' and queued_at <= %s",
        [moment, name, moment - GIVE_UP_AFTER],
    )
