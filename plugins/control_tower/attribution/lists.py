"""The two lists of money as of the last refresh: what scouts are owed, and claims on the partner with their scouts."""

from __future__ import annotations

import logging
from typing import Any, cast

import psycopg
from psycopg.rows import dict_row

from control_tower.attribution.batches import in_batches, side_by_side
from control_tower.database import execute_file, fetch_one, read_sql
from control_tower.planner import gather_statistics
from control_tower.settings import get_settings

log = logging.getLogger(__name__)


def keep_payments(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Derive what persons are worth to scouts, for those about whom something was written since the last time.

    What is left of a killed run is in the queue, and is derived by the next one. Everybody is derived when the rules
    in force or the zone changed, or when trips changed or went that were there before.

    Args:
        connection: Session in autocommit.
        run_id: The run.

    Returns:
        `rows`: rows of the list written; `persons`: persons looked at.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        state = cast("dict[str, Any]", cursor.execute(read_sql("5_lists/payments_state.sql")).fetchone())
    with connection.transaction():
        file = "queue_all_payments" if state["is_everything"] else "queue_changed_payments"
        connection.execute(read_sql(f"5_lists/{file}.sql"), state)
    total = int(fetch_one(connection, "select count(*) from canon.payment_queue")[0])
    size = get_settings().batch_size
    written: list[int] = []

    def work(session: psycopg.Connection[Any]) -> int:
        (persons,) = fetch_one(session, read_sql("5_lists/take_payments.sql"), {"batch_size": size})
        if persons:
            written.append(derive_payments(session, persons))
        return len(persons or ())

    persons = in_batches(connection, run_id, *side_by_side(work, total, size), total=total, what="persons")
    with connection.transaction():
        if persons:
            connection.execute(read_sql("0_run/hold.sql"), {"run_id": run_id})
            execute_file(connection, "5_lists/payment_totals.sql")
            # whoever brought them may be somebody else: the list of claims, too, has to look
            connection.execute("update canon.kept_lists set settings = null where list_name = 'claims'")
        connection.execute(read_sql("5_lists/note_payments.sql"), {**state, "run_id": run_id})
    gather_statistics(connection, "analyze canon.kept_payments", persons)
    return {"rows": sum(written), "persons": persons}


def derive_payments(connection: psycopg.Connection[Any], persons: list[Any]) -> int:
    """Derive these persons' rows of the list of payments.

    Args:
        connection: Session with an open transaction.
        persons: Their keys.

    Returns:
        How many rows were written or went.
    """
    counts = execute_file(connection, "5_lists/keep_payments.sql", {"persons": persons})
    return counts[-4] + counts[-3]


def keep_claims(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Bring the list of claims to what ops.v_yango_collection_with_scout says; one transaction.

    Nothing is looked at when the claims, the list of scouts and all persons are as they were when it was kept.

    Args:
        connection: Session with an open transaction.
        run_id: The run.

    Returns:
        `rows`: rows written.
    """
    settings, is_current = fetch_one(connection, read_sql("5_lists/claims_state.sql"))
    rows = 0
    if not is_current:
        rows = execute_file(connection, "5_lists/keep_claims.sql", {"person_key": None})[-2]
    connection.execute(read_sql("5_lists/note_claims.sql"), {"run_id": run_id, "settings": settings})
    return {"rows": rows}


def keep_person(connection: psycopg.Connection[Any], person_key: str) -> None:
    """Bring both lists up to date for one person about whom a human has decided, so that it shows at once.

    Args:
        connection: Session with an open transaction.
        person_key: The person.
    """
    if derive_payments(connection, [person_key]):
        execute_file(connection, "5_lists/payment_totals.sql")
    execute_file(connection, "5_lists/keep_claims.sql", {"person_key": person_key})
