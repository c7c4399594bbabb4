"""What persons are worth after a human decision: derived right after it, in a transaction of its own.

Deriving payments and claims takes longer than the rest of a decision and cannot refuse it, so it is not part of its
transaction. The decision puts its persons into `canon.payment_queue`, and deriving removes them: if it fails, the next
run of scout_attribution_refresh derives them, or the closing of a period before it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg

from control_tower import runs
from control_tower.errors import ControlTowerError
from control_tower.operators import step_session
from control_tower.payments.read_models import refresh_persons

log = logging.getLogger(__name__)

LOCK_TIMEOUT = "10s"
"""Longest wait for the lock `runs`, which other decisions hold; longer than a page waits, since the answer has left."""

_later: ContextVar[set[str] | None] = ContextVar("persons whose money is derived later", default=None)


def follow(persons: Collection[str]) -> None:
    """Derive the money of these persons, or leave it to `money_later`."""
    later = _later.get()
    if later is None:
        derive_money(persons)
    else:
        later.update(persons)


@contextmanager
def money_later(persons: set[str]) -> Iterator[None]:
    """Collect the persons of the decisions in this context; who opens it calls `derive_money` afterwards."""
    token = _later.set(persons)
    try:
        yield
    finally:
        _later.reset(token)


def derive_money(
    persons: Collection[str],
    open_session: Callable[[], AbstractContextManager[psycopg.Connection[Any]]] = step_session,
) -> None:
    """Bring the read models of money up to date for these persons, without a concurrent run.

    What cannot be done now, because a run is active or the database fails, is logged and left to the next run.
    """
    if not persons:
        return
    try:
        with open_session() as connection, connection.transaction():
            connection.execute("select set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
            runs.block_new_runs(connection)
            refresh_persons(connection, sorted(persons))
    except ControlTowerError as error:
        log.warning(
            "The payments of %d %s are derived by the next run of scout_attribution_refresh: %s",
            len(persons),
            "person" if len(persons) == 1 else "persons",
            error,
        )
