"""Results of a run in comparable form."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

import psycopg

Connection = psycopg.Connection[Any]
Key = tuple[str, str]


class Link(NamedTuple):
    """A link without its person_key."""

    rule: str
    score: int
    confidence: str


def links(connection: Connection) -> dict[Key, Link]:
    """Links by record and driver account."""
    rows = connection.execute(
        "select source_table, source_pk, match_rule, match_score, confidence_level::text from canon.identity_links"
    )
    return {(row[0], row[1]): Link(*row[2:]) for row in rows}


def persons(connection: Connection) -> dict[Key, str]:
    """Persons by linked record and driver account."""
    rows = connection.execute("select source_table, source_pk, person_key::text from canon.identity_links")
    return {(row[0], row[1]): row[2] for row in rows}


def unmatched(connection: Connection) -> dict[Key, str]:
    """Reasons by open or ignored record."""
    rows = connection.execute(
        "select source_table, source_pk, reason_code from canon.identity_unmatched where status <> 'RESOLVED'"
    )
    return {(row[0], row[1]): row[2] for row in rows}


def contested(connection: Connection) -> dict[Key, str]:
    """Reasons by contested record or account."""
    rows = connection.execute("select source_table, source_pk, reason_code from ops.v_identity_contested")
    return {(row[0], row[1]): row[2] for row in rows}


def reason_of(connection: Connection, source_pk: str) -> str | None:
    """Why the record is not linked; None if it is."""
    return {key[1]: reason for key, reason in unmatched(connection).items()}.get(source_pk)


def rule_of(connection: Connection, source_pk: str) -> str | None:
    """Rule that linked the record; None when it is not linked."""
    return {key[1]: link.rule for key, link in links(connection).items()}.get(source_pk)


CONTENT = {
    "canon.identity_registry": "",
    "canon.identity_links": "",
    "canon.identity_unmatched": "",
    "canon.identity_contested": "",
    "canon.identity_aliases": "",
    "canon.drivers_index": "",
    "canon.records_index": "",
    "canon.replaced_records": "",
    "canon.shared_values": "",
    "canon.evaluation_queue": "",
    "canon.dirty_keys": "",
    "observational.lead_events": "",
    "observational.lead_ledger": "",
}
"""All owned tables but those of runs."""


def content(connection: Connection) -> dict[str, list[str]]:
    """All rows of all owned tables as text, but those of runs."""
    return {
        table: [row[0] for row in connection.execute(f"select row::text from {table} as row order by 1")]  # type: ignore[arg-type]
        for table in CONTENT
    }


VOLATILE = frozenset(
    {"id", "run_id", "row_version", "snapshot_date", "since", "conflict_since", "created_at", "updated_at", "linked_at"}
    | {"resolved_at", "merged_at", "first_claim_id", "gone_since"}
)
"""Columns that hold when and by which run a row was written."""


FORMER_KEY = re.compile(r"#\d+$")
"""The number in the key of a record whose row says something else now; a killed run uses numbers up."""


def settled(connection: Connection) -> dict[str, list[str]]:
    """`content` without times, runs and serial numbers, each person named after its smallest record."""
    names: dict[str, str] = {}
    for (table, pk), person in sorted(persons(connection).items()):
        names.setdefault(person, f"person of {table} {pk}")
    for retired, survivor in connection.execute(
        "select person_key::text, survivor_key::text from canon.identity_aliases"
    ):
        names.setdefault(retired, f"once part of {names[survivor]}")
    found: dict[str, list[str]] = {}
    for table in CONTENT:
        rows = connection.execute(f"select to_jsonb(row) from {table} as row").fetchall()  # type: ignore[arg-type]
        found[table] = sorted(json.dumps(_lasting(row[0], names), sort_keys=True) for row in rows)
    return found


def _lasting(value: Any, names: dict[str, str]) -> Any:
    """The value without volatile columns, with person keys replaced by names and lists sorted."""
    if isinstance(value, dict):
        return {key: _lasting(part, names) for key, part in value.items() if key not in VOLATILE}
    if isinstance(value, list):
        return sorted((_lasting(part, names) for part in value), key=json.dumps)
    return names.get(value, FORMER_KEY.sub("#", value)) if isinstance(value, str) else value
