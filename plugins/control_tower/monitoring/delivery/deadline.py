"""An end to what waits for another server, whatever that server does.

The time limits of sockets count from each byte anew: a server that sends one now and then holds its client for ever.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from control_tower.settings import get_settings

Answer = TypeVar("Answer")

TIMES = 3
"""A whole conversation may last so many times as long as one answer."""


def within_deadline(converse: Callable[[], Answer]) -> Answer:
    """Call a function that talks to a server, and return what it returns.

    Raises:
        TimeoutError: It took `TIMES` times `CONTROL_TOWER_ALERT_TIMEOUT_SECONDS`. The function is left to itself; it
            may still send what it had in hand.
    """
    seconds = TIMES * get_settings().alert_timeout_seconds
    outcome: Future[Answer] = Future()

    def run() -> None:
        try:
            outcome.set_result(converse())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            outcome.set_exception(error)

    # a daemon: a server that never answers does not keep the process
    threading.Thread(target=run, name="control_tower delivery", daemon=True).start()
    try:
        return outcome.result(timeout=seconds)
    except TimeoutError as error:
        if outcome.done():  # the function's own
            raise
        raise TimeoutError(f"no end after {seconds} s") from error
