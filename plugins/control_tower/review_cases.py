"""The cases that wait for a human (`canon.review_cases`): kept by the runs, and after each human decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from control_tower.database import execute_file, fetch_rows

PERSONS_IN_CONFLICT = "pipeline/10_payments/persons_in_conflict.sql"
CLOSE_CONFLICT_CASES = "pipeline/10_payments/close_conflict_cases.sql"
MEASURE_MILESTONES = "pipeline/10_payments/measure_milestones.sql"
REFRESH_CONFLICT_CASES = "pipeline/10_payments/refresh_conflict_cases.sql"
DOES_RECORD_WAIT = "pipeline/10_payments/does_record_wait.sql"
CLOSE_RECORD_CASE = "pipeline/10_payments/close_record_case.sql"
REFRESH_RECORD_CASE = "pipeline/10_payments/refresh_record_case.sql"
REFRESH_PAYMENT_CASE = "pipeline/10_payments/refresh_payment_case.sql"
REFRESH_PAYMENT_CASES = "pipeline/10_payments/refresh_payment_cases.sql"
KEEP_REVIEW_CASES = "pipeline/5_conclude/keep_review_cases.sql"
STRAY_CONFLICT_CASES = "pipeline/10_payments/stray_conflict_cases.sql"

PAYMENTS = "yango_payment_ledger"
"""The source that decisions on payments name; the key of the payment is their `source_pk`."""


def refresh_conflicts(connection: psycopg.Connection[Any], persons: Sequence[str]) -> None:
    """Derive, in the open transaction, the conflicts of these persons; milestones are measured only if there is one."""
    asked = {"persons": list(persons)}
    (found,) = fetch_rows(connection, PERSONS_IN_CONFLICT, asked)
    if not found["persons"]:
        execute_file(connection, CLOSE_CONFLICT_CASES, asked)
        return
    execute_file(connection, MEASURE_MILESTONES, found)
    refresh_measured_conflicts(connection, persons)


def refresh_measured_conflicts(connection: psycopg.Connection[Any], persons: Sequence[str]) -> None:
    """Derive the conflicts of these persons in the open transaction, which has measured their milestones."""
    execute_file(connection, REFRESH_CONFLICT_CASES, {"persons": list(persons)})
    execute_file(connection, KEEP_REVIEW_CASES)


def refresh_case(connection: psycopg.Connection[Any], source_table: str, source_pk: str) -> None:
    """Derive, in the open transaction, the case of one record, or of a payment (of `PAYMENTS`)."""
    asked = {"source_table": source_table, "source_pk": source_pk}
    if source_table != PAYMENTS and not fetch_rows(connection, DOES_RECORD_WAIT, asked)[0]["waits"]:
        execute_file(connection, CLOSE_RECORD_CASE, asked)
        return
    execute_file(connection, REFRESH_PAYMENT_CASE if source_table == PAYMENTS else REFRESH_RECORD_CASE, asked)
    execute_file(connection, KEEP_REVIEW_CASES)


def complete_cases(connection: psycopg.Connection[Any]) -> None:
    """Derive, in the open transaction, the cases of payments without a claim, and of conflicts without a case."""
    execute_file(connection, REFRESH_PAYMENT_CASES)
    execute_file(connection, KEEP_REVIEW_CASES)
    (stray,) = fetch_rows(connection, STRAY_CONFLICT_CASES)
    if stray["persons"]:
        refresh_conflicts(connection, stray["persons"])
