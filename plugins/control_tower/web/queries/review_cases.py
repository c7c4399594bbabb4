"""Queries of the review page: the cases that wait for a human, and the evidence about one of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

import psycopg

from control_tower.settings import get_settings
from control_tower.web.models.review import CaseKind
from control_tower.web.permissions import CurrentUser
from control_tower.web.personal_data import shown
from control_tower.web.sql_files import execute_prepared, sql_text

Connection = psycopg.Connection[dict[str, Any]]

CASE_KINDS: tuple[CaseKind, ...] = get_args(CaseKind)

QUEUE = "web/review/queue.sql"
COUNTS = "web/review/counts.sql"
MOST_COUNTED = 500
"""Cases of a kind that are counted; of more than that it is only said that there are."""


def local_today() -> date:
    """Today in the zone of the settings."""
    return datetime.now(ZoneInfo(get_settings().timezone)).date()


def queue(connection: Connection, filters: dict[str, Any], *, skip: int, size: int) -> list[dict[str, Any]]:
    """The next cases in their order. The filters may be off, so that each question is planned for its values."""
    parameters = {**filters, "today": local_today(), "skip": skip, "size": size}
    return connection.execute(sql_text(QUEUE), parameters).fetchall()


def counts(connection: Connection, filters: dict[str, Any]) -> dict[str, int]:
    """Cases of each kind that pass the filters; more than `MOST_COUNTED` is one more than that."""
    parameters = {**filters, "today": local_today(), "most": MOST_COUNTED}
    return {row["case_kind"]: row["cases"] for row in connection.execute(sql_text(COUNTS), parameters)}


def case(connection: Connection, case_kind: str, case_key: str) -> dict[str, Any] | None:
    """A case that still waits."""
    asked = {"case_kind": case_kind, "case_key": case_key}
    return execute_prepared(connection, "web/review/case.sql", asked).fetchone()


def records(connection: Connection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    """Records by source and key, as they are written and as they are compared; whoever shows them masks them."""
    wanted = list(dict.fromkeys(keys))
    asked = {"source_tables": [source for source, _ in wanted], "source_pks": [key for _, key in wanted]}
    rows = execute_prepared(connection, "web/review/records.sql", asked)
    return {(row["source_table"], row["source_pk"]): row for row in rows}


def contents(connection: Connection, source_table: str, source_pk: str) -> dict[str, Any]:
    """What an overwritten row said before and says now; whoever shows them masks them."""
    asked = {"source_table": source_table, "source_pk": source_pk}
    return execute_prepared(connection, "web/review/contents.sql", asked).fetchone() or {}


def accounts(
    connection: Connection, driver_ids: Iterable[str], person_keys: Iterable[Any], lead_date: date | None
) -> dict[str, dict[str, Any]]:
    """Driver accounts by driver_id, those of the persons too, with their trips from the day of the lead on.

    Whoever shows them masks them.
    """
    wanted, persons = set(driver_ids), [key for key in person_keys if key]
    if persons:
        rows = execute_prepared(connection, "web/review/accounts_of_persons.sql", {"person_keys": persons})
        wanted |= {row["driver_id"] for row in rows}
    asked = {"driver_ids": sorted(wanted), "lead_date": lead_date}
    return {row["driver_id"]: row for row in execute_prepared(connection, "web/review/accounts.sql", asked)}


def conversions(connection: Connection, person_key: Any) -> list[dict[str, Any]]:
    """What became of each lead of a person: hire and first trips."""
    return execute_prepared(connection, "web/review/conversion.sql", {"person_key": person_key}).fetchall()


def payment(connection: Connection, current_user: CurrentUser, payment_key: str) -> dict[str, Any] | None:
    """A payment that belongs to no claim."""
    row = execute_prepared(connection, "web/review/payment.sql", {"payment_key": payment_key}).fetchone()
    return shown(row, {"driver_name": "name", "explanation": "reason"}, current_user) if row else None


def versions(connection: Connection, cases: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """Of some cases by kind and key: the version, and the first candidate of a record."""
    asked = {
        "case_kinds": [case["case_kind"] for case in cases],
        "case_keys": [case["case_key"] for case in cases],
    }
    rows = execute_prepared(connection, "web/review/versions.sql", asked)
    return {(row["case_kind"], row["case_key"]): row for row in rows}
