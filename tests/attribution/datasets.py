"""Persons and events as ingestion writes them, and the result of a refresh."""

from __future__ import annotations

import itertools
import uuid
from datetime import date
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb

Connection = psycopg.Connection[Any]

SCOUTING, LEADS, MIGRATIONS = "module_ct_scouting_daily", "module_ct_cabinet_leads", "module_ct_migrations"
AUDITS = (
    "ops.identity_links_backfill_audit",
    "ops.lead_events_scout_backfill_audit",
    "ops.lead_ledger_scout_backfill_audit",
)

_numbers = itertools.count(1)


class Row(NamedTuple):
    """A ledger row; `None` if the person has none."""

    scout: int | None
    rule: str
    status: str
    source: str | None


def person(connection: Connection, number: int) -> str:
    """A person without records; the key ends in the number."""
    key = str(uuid.UUID(int=0xAA << 64 | number))
    connection.execute(
        "insert into canon.identity_registry (person_key, confidence_level) values (%s, 'HIGH') on conflict do nothing",
        [key],
    )
    return key


def event(
    connection: Connection, person_key: str | None, source: str, scout: int | None = None, *, day: int = 1
) -> str:
    """An event of the source, on a day of October 2026; returns its source_pk."""
    source_pk = f"e{next(_numbers):06}"  # lists of events end their order with it, as text
    tag = "fleet_migration" if source == MIGRATIONS else "cabinet"
    connection.execute(
        "insert into observational.lead_events"
        " (source_table, source_pk, event_date, person_key, scout_id, payload_json)"
        " values (%s, %s, %s, %s, %s, %s)",
        [source, source_pk, date(2026, 10, day), person_key, scout, Jsonb({"origin_tag": tag})],
    )
    return source_pk


def ledger_row(
    connection: Connection, person_key: str, scout: int | None, rule: str, status: str = "assigned", **evidence: Any
) -> None:
    """Write the ledger row that an earlier program left, replacing the person's row."""
    connection.execute(
        "insert into observational.lead_ledger (person_key, attributed_source, attributed_scout_id, attribution_rule,"
        " attribution_score, confidence_level, evidence_json, decision_status)"
        " values (%s, 'scouting', %s, %s, 0.5, 'low', %s, %s::public.decisionstatus) on conflict (person_key) do update"
        " set attributed_scout_id = excluded.attributed_scout_id, attribution_rule = excluded.attribution_rule,"
        " evidence_json = excluded.evidence_json, decision_status = excluded.decision_status",
        [person_key, scout, rule, Jsonb(evidence) if evidence else None, status],
    )
    connection.execute(
        "insert into ops.earlier_ledger_rows (person_key, attributed_scout_id, attribution_rule) values (%s, %s, %s)"
        " on conflict (person_key) do update set attributed_scout_id = excluded.attributed_scout_id,"
        " attribution_rule = excluded.attribution_rule",
        [person_key, scout, rule],
    )


def ledger(connection: Connection) -> dict[str, Row]:
    """The ledger by person."""
    rows = connection.execute(
        "select person_key::text, attributed_scout_id, attribution_rule, decision_status::text, attributed_source"
        " from observational.lead_ledger"
    )
    return {row[0]: Row(*row[1:]) for row in rows}


def evidence(connection: Connection, person_key: str) -> dict[str, Any]:
    """The evidence in the person's ledger row."""
    row = connection.execute(
        "select evidence_json from observational.lead_ledger where person_key = %s", [person_key]
    ).fetchone()
    assert row is not None
    return dict(row[0])


def audit_rows(connection: Connection) -> list[int]:
    """Number of rows in each backfill audit."""
    return [int(connection.execute(f"select count(*) from {table}").fetchone()[0]) for table in AUDITS]  # type: ignore[arg-type,index]


def everything(connection: Connection) -> dict[str, list[str]]:
    """All rows that attribution writes, without those of runs, as text."""
    tables = (
        *AUDITS,
        *("observational.lead_ledger", "observational.lead_events", "canon.identity_links"),
        *("canon.identity_registry", "canon.identity_unmatched", "canon.attribution_queue"),
    )
    return {
        table: [row[0] for row in connection.execute(f"select row::text from {table} as row order by 1")]  # type: ignore[arg-type]
        for table in tables
    }
