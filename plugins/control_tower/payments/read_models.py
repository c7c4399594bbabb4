"""The read models of money as of the last refresh: scout_payments, and partner_claims with their scouts."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import psycopg

from control_tower.attribution.batches import in_batches, side_by_side
from control_tower.database import execute_file, fetch_one, fetch_rows, read_sql
from control_tower.payments.cabinet_claims import MONEY_STATE
from control_tower.review_cases import MEASURE_MILESTONES, complete_cases, refresh_measured_conflicts
from control_tower.settings import get_settings
from control_tower.statistics import gather_statistics

log = logging.getLogger(__name__)

LOGGED_PAYMENTS = 5
"""How many payments without a claim the log names."""

QUEUE_ALL_PERSONS = "pipeline/10_payments/queue_all_persons.sql"
QUEUE_CHANGED_PERSONS = "pipeline/10_payments/queue_changed_persons.sql"
TAKE_PAYMENT_BATCH = "pipeline/10_payments/take_payment_batch.sql"
SCOUT_PAYMENT_TOTALS = "pipeline/10_payments/scout_payment_totals.sql"
REMEMBER_SCOUT_PAYMENTS = "pipeline/10_payments/remember_scout_payments.sql"
ADJUST_SCOUT_PAYMENT_TOTALS = "pipeline/10_payments/adjust_scout_payment_totals.sql"
RECORD_SCOUT_PAYMENTS_REFRESH = "pipeline/10_payments/record_scout_payments_refresh.sql"
REFRESH_SCOUT_PAYMENTS = "pipeline/10_payments/refresh_scout_payments.sql"
PARTNER_CLAIMS_STATE = "pipeline/10_payments/partner_claims_state.sql"
TAKE_CHANGED_PARTNER_CLAIMS = "pipeline/10_payments/take_changed_partner_claims.sql"
REFRESH_PARTNER_CLAIMS = "pipeline/10_payments/refresh_partner_claims.sql"
PAIR_CLAIMS = "pipeline/10_payments/pair_claims.sql"
RECORD_CLAIM_CHANGES = "pipeline/10_payments/record_claim_changes.sql"
RECORD_LOST_PAYMENTS = "pipeline/10_payments/record_lost_payments.sql"
LOST_PAYMENTS = "pipeline/10_payments/lost_payments.sql"
RECORD_PARTNER_CLAIMS_REFRESH = "pipeline/10_payments/record_partner_claims_refresh.sql"


def refresh_scout_payments(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Derive the payments of persons whose data changed since the last refresh.

    A killed run leaves its persons in the queue for the next one. All persons are derived when the rules in force or
    the zone changed, or when trips changed or were deleted that had been counted.

    Returns:
        `rows`: rows written or deleted; `persons`: persons derived.
    """
    (state,) = fetch_rows(connection, MONEY_STATE, {"read_model": "payments"})
    with connection.transaction():
        file = QUEUE_ALL_PERSONS if state["is_everything"] else QUEUE_CHANGED_PERSONS
        connection.execute(read_sql(file), state)
    total = int(fetch_one(connection, "select count(*) from canon.payment_queue")[0])
    size = get_settings().batch_size
    written: list[int] = []

    def work(session: psycopg.Connection[Any]) -> int:
        (persons,) = fetch_one(session, read_sql(TAKE_PAYMENT_BATCH), {"batch_size": size})
        if persons:
            written.append(derive_scout_payments(session, persons))
        return len(persons or ())

    persons = in_batches(connection, run_id, *side_by_side(work, total, size), total=total, what="persons")
    with connection.transaction():
        if persons:
            connection.execute(read_sql("jobs/hold.sql"), {"run_id": run_id})
            execute_file(connection, SCOUT_PAYMENT_TOTALS)
        connection.execute(read_sql(RECORD_SCOUT_PAYMENTS_REFRESH), {**state, "run_id": run_id})
    gather_statistics(connection, "analyze canon.scout_payments", persons)
    return {"rows": sum(written), "persons": persons}


def derive_scout_payments(connection: psycopg.Connection[Any], persons: list[Any]) -> int:
    """Derive these persons' rows of scout_payments and their conflicts; returns how many were written or deleted."""
    execute_file(connection, MEASURE_MILESTONES, {"persons": persons})
    changed = execute_file(connection, REFRESH_SCOUT_PAYMENTS, {"persons": persons})["changed"]
    refresh_measured_conflicts(connection, [str(person) for person in persons])
    return changed


def derive_changed_persons(connection: psycopg.Connection[Any], state: Mapping[str, Any]) -> int:
    """Derive, in the open transaction, the persons whose data changed since the last refresh; returns how many.

    `state` is the row of `MONEY_STATE`. No run may be active.
    """
    connection.execute(read_sql(QUEUE_CHANGED_PERSONS), state)
    size, derived = get_settings().batch_size, 0
    while (persons := fetch_one(connection, read_sql(TAKE_PAYMENT_BATCH), {"batch_size": size})[0]) is not None:
        derive_scout_payments(connection, persons)
        derived += len(persons)
    if derived:
        execute_file(connection, SCOUT_PAYMENT_TOTALS)
    return derived


def refresh_partner_claims(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Bring partner_claims to what ops.v_yango_collection_with_scout says; one transaction.

    Compared are the persons whose claims or scouts changed; all of them when the list of scouts changed, and when the
    claims are those of a database's own materialised view and that was refreshed.

    Returns:
        `rows`: rows written; `changes`: claims with another date, amount, currency or account, new and gone ones
        included; `without_claim`: payments that belong to no claim since.
    """
    settings, is_current = fetch_one(connection, read_sql(PARTNER_CLAIMS_STATE))
    (queued,) = fetch_one(connection, read_sql(TAKE_CHANGED_PARTNER_CLAIMS))
    persons = queued if is_current else None
    counts = {"rows": 0}
    if persons is None or persons:
        (as_of,) = fetch_one(connection, "select as_of from ops.run_settings(%s)", [run_id])
        counts = _replace_claims(connection, as_of, run_id=run_id, persons=persons)
    connection.execute(read_sql(RECORD_PARTNER_CLAIMS_REFRESH), {"run_id": run_id, "settings": settings})
    complete_cases(connection)
    return counts


def _replace_claims(
    connection: psycopg.Connection[Any], moment: datetime, *, run_id: int | None = None, persons: list[Any] | None
) -> dict[str, int]:
    """Replace the claims that differ, all or these persons', and record what changed; counts as of that function."""
    replaced = execute_file(connection, REFRESH_PARTNER_CLAIMS, {"persons": persons})
    counts = {"rows": replaced["written"], "changes": 0, "without_claim": 0}
    if not any(replaced.values()):
        return counts
    execute_file(connection, PAIR_CLAIMS)
    found = execute_file(connection, RECORD_CLAIM_CHANGES, {"run_id": run_id, "moment": moment})
    counts["changes"] = found["changes"]
    if found["lost"]:
        recorded = execute_file(connection, RECORD_LOST_PAYMENTS, {"run_id": run_id, "moment": moment})
        counts["without_claim"] = recorded["without_claim"]
    if counts["changes"] or counts["without_claim"]:
        _log_claim_changes(connection, counts)
    return counts


def _log_claim_changes(connection: psycopg.Connection[Any], counts: dict[str, int]) -> None:
    """One line on the claims that changed, which names the first payments without a claim."""
    line = f"{counts['changes']} {'claim' if counts['changes'] == 1 else 'claims'} changed"
    if not counts["without_claim"]:
        log.info("%s.", line)
        return
    rows = fetch_rows(connection, LOST_PAYMENTS)
    named = ", ".join(
        f"{row['milestone_value']} trips of driver {row['driver_id']}, {row['expected_amount']} {row['currency']} "
        f"({row['reason_code']})"
        for row in rows[:LOGGED_PAYMENTS]
    )
    rest = f" and {len(rows) - LOGGED_PAYMENTS} more" if len(rows) > LOGGED_PAYMENTS else ""
    belong = "payment belongs" if len(rows) == 1 else "payments belong"
    log.warning("%s, %d %s to no claim now: %s%s.", line, len(rows), belong, named, rest)


def refresh_persons(connection: psycopg.Connection[Any], person_keys: Sequence[str]) -> None:
    """Bring both read models up to date for these persons, so that a human decision shows before the next run."""
    persons = {"persons": list(person_keys)}
    (moment,) = fetch_one(connection, "select clock_timestamp()")
    execute_file(connection, REMEMBER_SCOUT_PAYMENTS, persons)
    if derive_scout_payments(connection, persons["persons"]):
        execute_file(connection, ADJUST_SCOUT_PAYMENT_TOTALS, persons)
    _replace_claims(connection, moment, persons=persons["persons"])
