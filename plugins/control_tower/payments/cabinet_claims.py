"""The claims on the partner and the first 14 days of cabinet drivers, kept up to date by what changed."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

from control_tower.database import execute_file, fetch_one, fetch_rows, read_sql
from control_tower.settings import get_settings
from control_tower.statistics import gather_statistics

log = logging.getLogger(__name__)

CABINET_VIEWS = "pipeline/10_payments/cabinet_views.sql"
MONEY_STATE = "pipeline/10_payments/money_state.sql"
EXPECT_CLAIM_CHANGES = "pipeline/10_payments/expect_claim_changes.sql"
IS_CLAIM_CHANGE_UNQUEUED = "pipeline/10_payments/is_claim_change_unqueued.sql"
FORGET_CLAIM_PAYMENTS = "pipeline/10_payments/forget_claim_payments.sql"
TAKE_CHANGED_CLAIMS = "pipeline/10_payments/take_changed_claims.sql"
REFRESH_PAID_PAYMENTS = "pipeline/10_payments/refresh_paid_payments.sql"
KEEP_PAID_PAYMENTS = "pipeline/10_payments/keep_paid_payments.sql"
REFRESH_PAYMENT_NAMES = "pipeline/10_payments/refresh_payment_names.sql"
CHANGED_CLAIM_PERSONS = "pipeline/10_payments/changed_claim_persons.sql"
CLAIM_INPUTS = "pipeline/10_payments/claim_inputs.sql"
READ_CLAIMS = "pipeline/10_payments/read_cabinet_claims.sql"
WRITE_CLAIMS = "pipeline/10_payments/write_cabinet_claims.sql"
READ_FINANCIALS = "pipeline/10_payments/read_cabinet_financials.sql"
WRITE_FINANCIALS = "pipeline/10_payments/write_cabinet_financials.sql"
RECORD_REFRESH = "pipeline/10_payments/record_cabinet_claims_refresh.sql"

NAMES = "canon.read_drivers_names()"
LEADS = "canon.lead_conversions"
MILESTONES = "canon.lead_milestones"
LATEST_PAYMENTS = "ops.v_yango_payments_ledger_latest"
MATCHED_PAYMENTS = "ops.v_yango_payments_ledger_latest_enriched"
CLAIM_STATUS = "ops.v_claims_payment_status_cabinet"
COLLECTION = "ops.v_yango_cabinet_claims_for_collection"
FINANCIALS = "ops.v_cabinet_financial_14d"

FOLDER_OF_VIEWS = {"canon": "views/money", "ops": "views/established"}
"""Where the files of these views are, by schema."""

_HEAD = re.compile(r"^create or replace view [\w.]+ as$", re.MULTILINE)

ALL_AT_ONCE = 10
"""Batches; with more changed persons than in so many, all are derived in one statement."""


def expect_claim_changes(connection: psycopg.Connection[Any]) -> None:
    """Switch on the queueing of changed persons; to be committed before `refresh_cabinet_claims`."""
    execute_file(connection, EXPECT_CLAIM_CHANGES)


def refresh_cabinet_claims(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Derive claims and first 14 days of the persons about whom something was written since the last refresh.

    All are derived the first time, by a run that evaluates everything, and when rules, zone, currency or trips changed
    that had been counted; and once more if another session was writing during the first time. Where a database has
    materialised views of its own under these names, they are not kept here; where it has views of its own behind ours,
    those are read as a whole.

    Returns:
        `rows`: rows written; `persons`: persons derived, 0 when all were.
    """
    (views,) = fetch_rows(connection, CABINET_VIEWS, {"run_id": run_id})
    if not (views["is_claims_kept"] or views["is_financials_kept"]):
        return {"rows": 0, "persons": 0}
    (state,) = fetch_rows(connection, MONEY_STATE, {"read_model": "cabinet_claims"})
    (is_incremental,) = fetch_one(connection, "select is_incremental from ops.run_settings(%s)", [run_id])
    (is_unqueued,) = fetch_one(connection, read_sql(IS_CLAIM_CHANGE_UNQUEUED))
    persons: list[Any] = []
    if not views["is_ours"]:
        execute_file(connection, TAKE_CHANGED_CLAIMS)
        rows = _write(connection, None, collection=COLLECTION, financials=FINANCIALS)
    elif state["is_everything"] or not is_incremental:
        rows = derive_all_claims(connection)
    else:
        execute_file(connection, TAKE_CHANGED_CLAIMS)
        is_paid_otherwise = views["payments_seen"] != views["payments_known"]
        execute_file(connection, REFRESH_PAID_PAYMENTS if is_paid_otherwise else KEEP_PAID_PAYMENTS)
        execute_file(connection, REFRESH_PAYMENT_NAMES)
        (persons,) = fetch_one(connection, read_sql(CHANGED_CLAIM_PERSONS), state)
        rows = _derive(connection, persons)
    parameters = {**state, "run_id": run_id, "payments_seen": views["payments_seen"]}
    if is_unqueued:
        parameters["settings"] = None
    connection.execute(read_sql(RECORD_REFRESH), parameters)
    for table in ("canon.cabinet_claims", "canon.cabinet_financials"):
        gather_statistics(connection, f"analyze {table}", rows)
    return {"rows": rows, "persons": len(persons)}


def derive_all_claims(connection: psycopg.Connection[Any]) -> int:
    """Derive all claims and first 14 days, in the open transaction, where the views are ours; returns rows written."""
    for file in (TAKE_CHANGED_CLAIMS, FORGET_CLAIM_PAYMENTS, REFRESH_PAID_PAYMENTS, REFRESH_PAYMENT_NAMES):
        execute_file(connection, file)
    return derive_claims(connection, None)


def _derive(connection: psycopg.Connection[Any], persons: list[Any]) -> int:
    """Derive the claims of these persons in batches, or of all at once; returns rows written."""
    size = get_settings().batch_size
    if len(persons) > ALL_AT_ONCE * size:
        return derive_claims(connection, None)
    parts = (persons[start : start + size] for start in range(0, len(persons), size))
    return sum(derive_claims(connection, part) for part in parts)


def derive_claims(connection: psycopg.Connection[Any], persons: list[Any] | None) -> int:
    """Derive claims and first 14 days of these persons, or of all, where the views are ours; returns rows written.

    The views define them, and their own text is read here, with the rows that belong to these persons in place of what
    the views read.
    """
    execute_file(connection, CLAIM_INPUTS, {"persons": persons})
    payments = over(MATCHED_PAYMENTS, {LATEST_PAYMENTS: "asked_payments", NAMES: "asked_bearers"})
    milestones = over(MILESTONES, {LEADS: "asked_leads"})
    _ask(connection, "asked_claims", over(CLAIM_STATUS, {MILESTONES: milestones, MATCHED_PAYMENTS: payments}))
    claims = {CLAIM_STATUS: "asked_claims", NAMES: "asked_names"}
    return _write(
        connection,
        persons,
        collection=over(COLLECTION, claims),
        financials=over(FINANCIALS, {LEADS: "asked_leads", **claims}),
    )


def over(view: str, inputs: Mapping[str, str]) -> str:
    """The query of a view of ours as its file has it, in brackets, with other inputs in place of what it reads.

    Raises:
        LookupError: The view reads no such thing.
    """
    schema, _, name = view.partition(".")
    text = read_sql(f"{FOLDER_OF_VIEWS[schema]}/{name}.sql")
    query = _HEAD.split(text, maxsplit=1)[1].rstrip().removesuffix(";")
    for relation, instead in inputs.items():
        parts = re.split(rf"\b{re.escape(relation)}(?!\w)", query)
        if len(parts) == 1:
            raise LookupError(f"{view} does not read {relation}")
        query = instead.join(parts)
    return f"({query}\n)"


def _ask(connection: psycopg.Connection[Any], table: str, source: str) -> None:
    """Read a view, or a query in brackets, into a temporary table."""
    name = sql.Identifier(table)
    connection.execute(sql.SQL("drop table if exists {}").format(name))
    connection.execute(
        sql.SQL("create temporary table {} on commit drop as select asked.* from {} as asked").format(
            name,
            sql.SQL(source),
        )
    )
    connection.execute(sql.SQL("analyze {}").format(name))


def _write(connection: psycopg.Connection[Any], persons: list[Any] | None, *, collection: str, financials: str) -> int:
    parameters = {"persons": persons}
    _ask(connection, "asked_collection", collection)
    execute_file(connection, READ_CLAIMS)
    written = execute_file(connection, WRITE_CLAIMS, parameters)["claims"]
    _ask(connection, "asked_financials", financials)
    execute_file(connection, READ_FINANCIALS)
    return written + execute_file(connection, WRITE_FINANCIALS, parameters)["financials"]
