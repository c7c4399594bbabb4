"""Sends what is queued: each message in a transaction of its own, tried again later when a channel fails.

A message is sent at least once. Only a process that dies between a server's yes and our commit sends it again, and mail
then carries the same Message-ID. A channel that fails holds up neither the other channel nor the health check.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

import psycopg
from psycopg.rows import dict_row

from control_tower.database import read_sql
from control_tower.errors import DeliveryFailed, RecipientsRefused

log = logging.getLogger(__name__)

LONGEST_BACKOFF = timedelta(minutes=10)
"""Less than the time between two health checks: each of them tries what waits, so that a server that is back has
everything at the next one. Of a channel that fails only one message is tried each time, which burdens nobody."""
GIVE_UP_AFTER = timedelta(days=3)
"""A message that could not be delivered for so long is given up: what it told is history by then."""
LONGEST_ERROR = 500


class Channel(Protocol):
    """A way to people."""

    def send(self, facts: Mapping[str, Any], message_id: str) -> None:
        """Send one message.

        Args:
            facts: What it tells. `recipients`, if there are any, are those who have not taken it yet.
            message_id: Its name, the same each time it is sent.

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


Outcome = Literal["SENT", "REFUSED", "FAILED"]


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 1, 2, 4 … minutes, at most ten."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_BACKOFF)


def hand_over(channel: Channel, facts: Mapping[str, Any], message_id: str) -> None:
    """Send one message; whatever goes wrong is a delivery that failed, and no trouble of anybody else.

    Raises:
        DeliveryFailed: it did not arrive, as far as we know.
    """
    try:
        channel.send(facts, message_id)
    except DeliveryFailed:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the other channel and the health check go on
        # Nobody knows what such an error says: the address of a webhook, which is a secret, or half of a connection.
        # So its text is kept nowhere, but where it came from is.
        kind = type(error).__name__
        log.error("%s, raised at\n%s", kind, "".join(traceback.format_tb(error.__traceback__)))
        raise DeliveryFailed(
            f"The channel could not be used: {kind}.",
            "nothing is lost, it is sent again; check the channel's Airflow connection: host, port, password, extra.",
        ) from None


def reachable(connection: psycopg.Connection[Any], available: Collection[str], moment: datetime) -> list[str]:
    """The channels to queue for: those that can be used now, and those that could lately.

    Airflow that cannot be asked for a moment says that there is no connection. Whether a channel can be used is seen
    when something is sent.
    """
    seen = connection.execute(
        read_sql("monitoring/known_channels.sql"), {"moment": moment, "longest": GIVE_UP_AFTER}
    ).fetchall()
    return sorted({*available, *(name for (name,) in seen)})


def give_up(connection: psycopg.Connection[Any], moment: datetime) -> int:
    """Give up what nobody took for too long, before anything newer is queued; returns how many messages that are."""
    given_up = connection.execute(
        "update ops.alert_deliveries set status = 'GIVEN_UP',"
        " last_error = coalesce(last_error, 'its channel could not be used all the time')"
        " where status = 'PENDING' and queued_at <= %s",
        [moment - GIVE_UP_AFTER],
    )
    return given_up.rowcount


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
        while (outcome := _deliver_next(connection, name, channel, moment)) is not None:
            sent += outcome == "SENT"
            failed += outcome != "SENT"
            if outcome == "FAILED":
                break
    return Sent(sent, failed)


def _deliver_next(connection: psycopg.Connection[Any], name: str, channel: Channel, moment: datetime) -> Outcome | None:
    """Send the next message of a channel and keep what came of it; None when there is none."""
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(read_sql("monitoring/claim_delivery.sql"), {"channel": name, "moment": moment}).fetchone()
        if row is None:
            return None
        attempts = row["attempts"] + 1
        try:
            hand_over(channel, {**row["facts"], "recipients": row["recipients"]}, row["message_id"])
        except RecipientsRefused as error:
            _keep_failure(cursor, row["id"], attempts, moment, error, error.recipients)
            return "REFUSED"
        except DeliveryFailed as error:
            _keep_failure(cursor, row["id"], attempts, moment, error, row["recipients"])
            return "FAILED"
        cursor.execute(
            "update ops.alert_deliveries set attempts = %s, last_attempt_at = %s, sent_at = %s, last_error = null,"
            " recipients = null, status = 'SENT' where id = %s",
            [attempts, moment, moment, row["id"]],
        )
        log.info("%s: sent %s", name, row["message_id"])
        return "SENT"


def _keep_failure(
    cursor: psycopg.Cursor[Any],
    delivery_id: int,
    attempts: int,
    moment: datetime,
    error: DeliveryFailed,
    recipients: Sequence[str] | None,
) -> None:
    cursor.execute(
        "update ops.alert_deliveries set attempts = %s, last_attempt_at = %s, next_attempt_at = %s, last_error = %s,"
        " recipients = %s where id = %s",
        [
            attempts,
            moment,
            moment + backoff(attempts),
            error.problem[:LONGEST_ERROR],
            None if recipients is None else list(recipients),
            delivery_id,
        ],
    )
    log.warning("Message %s: attempt %s failed, %s", delivery_id, attempts, error.problem)
