"""Any other channel, by the connection `control_tower_notify`: addresses of Apprise, or a notifier of a provider.

Addresses carry their secrets. None is logged or stored: an address is named by its service and a digest, and Apprise's
own log lines of our calls are kept out of the log.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import unquote, urlsplit

from airflow.sdk import BaseHook, BaseNotifier, Connection
from airflow.sdk.log import mask_secret

from control_tower.errors import DeliveryFailed, RecipientsRefused
from control_tower.monitoring.delivery.deadline import within_deadline
from control_tower.monitoring.delivery.extras import extra
from control_tower.monitoring.delivery.mail import mail_parts
from control_tower.monitoring.delivery.message import Message, compose

CONNECTION = "control_tower_notify"

SHORTEST_SECRET = 4
"""Shorter parts of an address are no secrets, and would mask words."""
LONGEST_ANSWER = 200

_MENDED = "correct the Airflow connection `control_tower_notify`; nothing is lost, the message is sent again."


class _Answers(logging.Filter):
    """Keeps what Apprise logs in a thread of ours, and out of the log: some lines hold whole addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.of_thread = threading.local()

    @contextmanager
    def kept(self) -> Iterator[list[str]]:
        """The warnings of this thread in the meantime."""
        self.of_thread.lines = []
        try:
            yield self.of_thread.lines
        finally:
            self.of_thread.lines = None

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is somebody else's."""
        lines: list[str] | None = getattr(self.of_thread, "lines", None)
        if lines is not None and record.levelno >= logging.WARNING:
            lines.append(record.getMessage())
        return lines is None


_answers = _Answers()


@contextmanager
def _apprise_says_why() -> Iterator[None]:
    """Let Apprise tell why something was not taken, which it does by logging alone.

    Whoever configures logging may have set its logger to say less, or disabled it with all that existed before.
    """
    logger = logging.getLogger("apprise")
    logger.addFilter(_answers)  # a filter that is there already is not added again
    is_disabled, level = logger.disabled, logger.level
    logger.disabled = False
    if logger.getEffectiveLevel() > logging.WARNING:
        logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.disabled = is_disabled
        logger.setLevel(level)


def is_notifier(connection: Connection) -> bool:
    """Whether the connection names a notifier of a provider instead of addresses."""
    return "notifier" in connection.extra_dejson


def addresses(connection: Connection) -> list[str]:
    """The addresses of a connection: its password, or `config` as the Apprise provider's connections have it."""
    found = re.split(r"[\s,]+(?=[a-z0-9]+://)", (connection.password or "").strip())
    config = connection.extra_dejson.get("config") or ()
    entries = [config] if isinstance(config, str | Mapping) else list(config)
    found += [str(entry.get("path") or "") if isinstance(entry, Mapping) else str(entry) for entry in entries]
    return list(dict.fromkeys(address for address in found if address))


def name_of(address: str) -> str:
    """What an address is called where it is shown: its service, and a digest that tells two of them apart."""
    return f"{address.partition('://')[0]} {hashlib.sha256(address.encode()).hexdigest()[:6]}"


def secrets_of(address: str) -> list[str]:
    """The parts of an address that are, or may be, secrets: all but its service."""
    parts = urlsplit(address)
    words = re.split(r"[/?&=:@,+\s]+", f"{parts.netloc}/{parts.path}/{parts.query}/{parts.fragment}")
    words = [word for word in words if len(word) >= SHORTEST_SECRET]
    return sorted({*words, *map(unquote, words)}, key=len, reverse=True)


class NotifyChannel:
    """Messages to every address of the connection, or through its notifier."""

    def send(self, facts: Mapping[str, Any], message_id: str) -> None:  # noqa: ARG002 - few services have message ids
        """Send one message as plain text, to the addresses that have not taken it yet.

        Raises:
            RecipientsRefused: Some addresses did not take it, or none.
            DeliveryFailed: The connection cannot be used, or the notifier failed.
        """
        connection = BaseHook.get_connection(CONNECTION)
        message = compose(facts)
        if is_notifier(connection):
            _send_by_notifier(connection.extra_dejson, message)
            return
        every = addresses(connection)
        if not every:
            raise DeliveryFailed(f"The Airflow connection `{CONNECTION}` holds no address.", _MENDED)
        left = [address for address in every if name_of(address) in (facts.get("recipients") or ())]
        if facts.get("recipients") and not left:  # those that failed were removed from the connection
            return
        _send_by_apprise(left or every, message)


def _send_by_apprise(left: Sequence[str], message: Message) -> None:
    """Send to all addresses at the same time, so that a slow one delays no other."""
    with extra("notify", CONNECTION):
        import apprise

    services = {}
    with _apprise_says_why(), ThreadPoolExecutor(len(left)) as pool:
        with _answers.kept():
            for address in left:
                for secret in secrets_of(address):
                    mask_secret(secret)
                services[address] = apprise.Apprise(asset=_asset())
                services[address].add(address)  # a service without an address takes nothing
        answers = dict(zip(left, pool.map(lambda address: _notify(services[address], message), left), strict=True))
    refusals = {
        name_of(address): _without(secrets_of(address), answer)[:LONGEST_ANSWER]
        for address, answer in answers.items()
        if answer is not None
    }
    if refusals:
        raise RecipientsRefused(refusals)


def _asset() -> Any:
    """How Apprise behaves: it sends in the thread that calls it.

    Threads of its own would keep a process from ending while a server does not answer.
    """
    from apprise import AppriseAsset

    try:
        return AppriseAsset(async_mode=False, app_id="Control Tower", service_timeout=0)
    except (AttributeError, TypeError):  # earlier versions have no such limit, and no such threads
        return AppriseAsset(async_mode=False, app_id="Control Tower")


def _notify(service: Any, message: Message) -> str | None:
    """Send by one service; why it did not take the message, None if it did."""
    if not len(service):
        return "this is no address that Apprise understands"
    from apprise import NotifyFormat, NotifyType

    kinds = {"green": NotifyType.SUCCESS, "yellow": NotifyType.WARNING}

    def converse() -> str | None:
        with _answers.kept() as lines:
            is_taken = service.notify(
                title=message.subject,
                body=plain_text(message),
                notify_type=kinds.get(message.colour, NotifyType.FAILURE),
                body_format=NotifyFormat.TEXT,
            )
        return None if is_taken else "; ".join(lines) or "not taken"

    try:
        return within_deadline(converse)
    except TimeoutError as error:
        return str(error)


def plain_text(message: Message) -> str:
    """The message without its headline, which is the title."""
    plain, _ = mail_parts(message)
    return plain.partition("\n\n")[2].strip()


def _without(secrets: Sequence[str], text: str) -> str:
    for secret in secrets:
        text = text.replace(secret, "…")
    return text


def _send_by_notifier(wanted: Mapping[str, Any], message: Message) -> None:
    """Send through the notifier that the connection names; its arguments may use `{{ message.subject }}` and others."""
    name, arguments = str(wanted["notifier"]), wanted.get("arguments") or {}
    module, _, attribute = name.rpartition(".")
    try:
        kind = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise DeliveryFailed(f"The notifier {name!r} is not installed.", _MENDED) from error
    if not (isinstance(kind, type) and issubclass(kind, BaseNotifier)) or not isinstance(arguments, Mapping):
        raise DeliveryFailed(f"{name!r} with its arguments is no notifier of Airflow.", _MENDED)
    shown = {
        "subject": message.subject,
        "headline": message.headline,
        "text": plain_text(message),
        "html": mail_parts(message)[1],
        "colour": message.colour,
        "links": [{"title": title, "url": url} for title, url in message.links],
    }

    def converse() -> None:
        notifier = kind(**arguments)
        context: Any = {"message": shown}
        notifier.render_template_fields(context)
        notifier.notify(context)

    try:
        within_deadline(converse)
    except TimeoutError as error:
        raise DeliveryFailed(f"The notifier {attribute} did not end: {error}.", _MENDED) from error
    except Exception as error:  # noqa: BLE001 - notifiers raise errors of any type
        # its text may hold a secret that only the notifier knows
        raise DeliveryFailed(f"The notifier {attribute} failed: {type(error).__name__}.", _MENDED) from None
