"""Results of decisions and later runs in comparable form."""

from __future__ import annotations

from typing import Any, NamedTuple

import psycopg
from psycopg.rows import dict_row

from control_tower.decisions import Author
from control_tower.monitoring.checks import check_names, run_check
from tests.identity.results import CONTENT

Connection = psycopg.Connection[Any]

ROSA = Author("rosa")

AUDITS = (
    "ops.identity_links_backfill_audit",
    "ops.lead_events_scout_backfill_audit",
    "ops.lead_ledger_scout_backfill_audit",
)


class Position(NamedTuple):
    """The attribution of a person in the ledger."""

    scout: int | None
    rule: str | None
    state: str


def position(connection: Connection, person_key: str) -> Position | None:
    """The person's ledger row."""
    row = connection.execute(
        "select attributed_scout_id, attribution_rule, decision_status::text from observational.lead_ledger"
        " where person_key = %s",
        [person_key],
    ).fetchone()
    return Position(*row) if row else None


def evidence(connection: Connection, person_key: str) -> dict[str, Any]:
    """The evidence in the person's ledger row."""
    row = connection.execute(
        "select evidence_json from observational.lead_ledger where person_key = %s", [person_key]
    ).fetchone()
    assert row is not None
    return dict(row[0])


def person_of(connection: Connection, source_pk: str, source_table: str | None = None) -> str | None:
    """The person that a record is linked to."""
    row = connection.execute(
        "select person_key::text from canon.identity_links"
        " where source_pk = %s and source_table = coalesce(%s, source_table)",
        [source_pk, source_table],
    ).fetchone()
    return row[0] if row else None


def person_of_event(connection: Connection, source_pk: str) -> str | None:
    """The person of a record's event."""
    row = connection.execute(
        "select person_key::text from observational.lead_events where source_pk = %s", [source_pk]
    ).fetchone()
    assert row is not None
    return row[0]


def rows(connection: Connection, query: str, *parameters: Any) -> list[dict[str, Any]]:
    """Rows of a query by column name."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, parameters or None).fetchall()  # type: ignore[arg-type]


def audit_rows(connection: Connection) -> int:
    """Number of audit rows."""
    query = " + ".join(f"(select count(*) from {table})" for table in AUDITS)
    row = connection.execute(f"select {query}").fetchone()  # type: ignore[arg-type]
    assert row is not None
    return int(row[0])


def everything(connection: Connection) -> dict[str, list[str]]:
    """All rows that a decision could change, as text."""
    tables = [*CONTENT, *AUDITS, "ops.human_decisions", "ops.ingestion_runs", "canon.attribution_queue"]
    return {
        table: [row[0] for row in connection.execute(f"select t::text from {table} as t order by 1")]  # type: ignore[arg-type]
        for table in tables
    }


def broken_checks(connection: Connection) -> dict[str, Any]:
    """Checks that are not healthy, with their offenders."""
    results = [run_check(connection, name) for name in check_names()]
    return {result.name: result.error or result.sample for result in results if result.status != "OK"}
