"""The cases that wait for a human (`canon.review_cases`): kept by the runs, and after each human decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from control_tower.database import execute_file, fetch_rows

REFRESH_REVIEW_CASES = "pipeline/10_payments/refresh_review_cases.sql"
REFRESH_PAYMENT_CASES = "pipeline/10_payments/refresh_payment_cases.sql"
KEEP_REVIEW_CASES = "pipeline/5_conclude/keep_review_cases.sql"
STRAY_CONFLICT_CASES = "pipeline/10_payments/stray_conflict_cases.sql"


def refresh_cases(
    connection: psycopg.Connection[Any],
    persons: Sequence[str] = (),
    source_table: str | None = None,
    source_pk: str | None = None,
) -> None:
    """Derive, in the open transaction, the conflicts of these persons and the case of one record or payment."""
    parameters = {"persons": list(persons), "source_table": source_table, "source_pk": source_pk}
    execute_file(connection, REFRESH_REVIEW_CASES, parameters)
    execute_file(connection, KEEP_REVIEW_CASES)


def complete_cases(connection: psycopg.Connection[Any]) -> None:
    """Derive, in the open transaction, the cases of payments without a claim, and of conflicts without a case."""
    execute_file(connection, REFRESH_PAYMENT_CASES)
    execute_file(connection, KEEP_REVIEW_CASES)
    (stray,) = fetch_rows(connection, STRAY_CONFLICT_CASES)
    if stray["persons"]:
        refresh_cases(connection, stray["persons"])
