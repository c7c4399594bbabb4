"""The outbox: messages are queued with the episode's change and sent in a transaction each, with retries.

Delivery is at least once: a process that dies after the server accepted a message and before our commit sends it again,
by mail with the same Message-ID. A failing channel delays neither the other channels nor the health check.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

import psycopg
from psycopg.rows import dict_row

from control_tower.database import read_sql
from control_tower.errors import DeliveryFailed, RecipientsRefused
from control_tower.monitoring.check_history import to_jsonb

log = logging.getLogger(__name__)

MAX_BACKOFF = timedelta(minutes=10)
"""Shorter than the interval of health checks, so that each of them retries. Of a failing channel only one message is
tried each time, which is no load."""
GIVE_UP_AFTER = timedelta(days=3)
"""A message that could not be delivered for so long is given up as out of date."""
LONGEST_ROUND = 120.0
"""Seconds after which a channel begins no further message; the task ends before the next health check."""
MAX_ERROR_LENGTH = 500


class Channel(Protocol):
    """A way to send messages to people."""

    def send(self, facts: Mapping[str, Any], message_id: str) -> None:
        """Send one message.

        If `facts` has `recipients`, only these have not taken it yet. The id is the same each time it is sent.

        Raises:
            DeliveryFailed: It was not accepted, as far as we know.
        """


@dataclass(frozen=True)
class DeliveryCounts:
    """One round of deliveries: messages sent, and attempts that failed, whose messages stay queued."""

    sent: int = 0
    failed: int = 0


Outcome = Literal["SENT", "REFUSED", "FAILED"]


def backoff(attempts: int) -> timedelta:
    """How long to wait after a number of attempts: 1, 2, 4 … minutes, at most ten."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 10)), MAX_BACKOFF)


def send_message(channel: Channel, facts: Mapping[str, Any], message_id: str) -> None:
    """Send one message; any error of the channel becomes a failed delivery.

    Raises:
        DeliveryFailed: It was not accepted, as far as we know.
    """
    try:
        channel.send(facts, message_id)
    except DeliveryFailed:
        raise
    except Exception as error:  # noqa: BLE001 - the other channels and the health check go on
        # The error's text may contain a secret, such as a webhook's address. Only its origin is logged.
        kind = type(error).__name__
        log.error("%s, raised at\n%s", kind, "".join(traceback.format_tb(error.__traceback__)))
        raise DeliveryFailed(
            f"The channel could not be used: {kind}.",
            "nothing is lost, it is sent again; check the channel's Airflow connection: host, port, password, extra.",
        ) from None


def channels_to_queue_for(
    connection: psycopg.Connection[Any], available: Collection[str], moment: datetime
) -> list[str]:
    """The channels that are available now or were configured lately.

    While Airflow does not answer, a configured channel looks as if it had no connection.
    """
    recent = connection.execute(
        read_sql("monitoring/known_channels.sql"), {"moment": moment, "longest": GIVE_UP_AFTER}
    ).fetchall()
    return sorted({*available, *(name for (name,) in recent)})


def give_up(connection: psycopg.Connection[Any], moment: datetime) -> int:
    """Give up messages that waited too long, before newer ones are queued; returns how many."""
    given_up = connection.execute(
        "update ops.alert_deliveries set status = 'GIVEN_UP',"
        " last_error = coalesce(last_error, 'its channel could not be used all the time')"
        " where status = 'PENDING' and queued_at <= %s",
        [moment - GIVE_UP_AFTER],
    )
    return given_up.rowcount


def queue(
    connection: psycopg.Connection[Any],
    facts: Mapping[str, Any],
    message_id: str,
    channels: Collection[str],
    moment: datetime,
) -> None:
    """Queue a message for channels, once each, to be sent from a moment on."""
    for channel in channels:
        connection.execute(
            read_sql("monitoring/queue_delivery.sql"),
            {
                **{key: facts[key] for key in ("episode_id", "message", "kind")},
                "channel": channel,
                "message_id": message_id,
                "facts": to_jsonb(facts),
                "moment": moment,
            },
        )


def deliver(connection: psycopg.Connection[Any], channels: Mapping[str, Channel], moment: datetime) -> DeliveryCounts:
    """Send every message that is due; what a slow channel does not take in `LONGEST_ROUND` waits for the next round."""
    sent = failed = 0
    for name, channel in channels.items():
        started = time.monotonic()
        # After a failure the channel's other messages wait: the same server would fail them, too.
        while (outcome := _deliver_next(connection, name, channel, moment)) is not None:
            sent += outcome == "SENT"
            failed += outcome != "SENT"
            if outcome == "FAILED" or time.monotonic() - started > LONGEST_ROUND:
                break
    return DeliveryCounts(sent, failed)


def _deliver_next(connection: psycopg.Connection[Any], name: str, channel: Channel, moment: datetime) -> Outcome | None:
    """Send the next message of a channel and record the outcome; None when there is none."""
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(read_sql("monitoring/claim_delivery.sql"), {"channel": name, "moment": moment}).fetchone()
        if row is None:
            return None
        attempts = row["attempts"] + 1
        try:
            send_message(channel, {**row["facts"], "recipients": row["recipients"]}, row["message_id"])
        except DeliveryFailed as error:
            left = list(error.recipients) if isinstance(error, RecipientsRefused) else row["recipients"]
            cursor.execute(
                "update ops.alert_deliveries set attempts = %s, last_attempt_at = %s, next_attempt_at = %s,"
                " last_error = %s, recipients = %s where id = %s",
                [attempts, moment, moment + backoff(attempts), error.problem[:MAX_ERROR_LENGTH], left, row["id"]],
            )
            log.warning("Message %s: attempt %s failed, %s", row["id"], attempts, error.problem)
            return "REFUSED" if isinstance(error, RecipientsRefused) else "FAILED"
        cursor.execute(
            "update ops.alert_deliveries set attempts = %s, last_attempt_at = %s, sent_at = %s, last_error = null,"
            " recipients = null, status = 'SENT' where id = %s",
            [attempts, moment, moment, row["id"]],
        )
        log.info("%s: sent %s", name, row["message_id"])
        return "SENT"
