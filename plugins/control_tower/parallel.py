"""Work shared by two sessions of PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, TypeVar

import psycopg

from control_tower.database import is_in_transaction, open_like

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_in_parallel(
    connection: psycopg.Connection[Any],
    work: Callable[[psycopg.Connection[Any], Item], Result],
    items: Sequence[Item],
) -> list[Result]:
    """Do the work on each item, two at a time.

    The session is in autocommit; a second one like it is opened for two items or more. In an open transaction, which
    a second session would not see, the items come one after another.

    Returns:
        What the work returned, in the order of the items.

    Raises:
        DatabaseUnreachable: The server refuses a second session.
        Exception: What the work raised, once both sessions are idle.
    """
    if len(items) < 2 or is_in_transaction(connection):
        return [work(connection, item) for item in items]
    with open_like(connection) as second, ThreadPoolExecutor(max_workers=2) as threads:
        idle = SimpleQueue[psycopg.Connection[Any]]()
        for session in (connection, second):
            idle.put(session)

        def take_a_session(item: Item) -> Result:
            session = idle.get()
            try:
                return work(session, item)
            finally:
                idle.put(session)

        return list(threads.map(take_a_session, items))
