"""Everything about one person; each access is recorded."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg

from control_tower.masking import Kind
from control_tower.web.api_errors import ApiError
from control_tower.web.models.person import Person
from control_tower.web.permissions import CurrentUser
from control_tower.web.personal_data import WHO, note_access, shown
from control_tower.web.sql_files import execute_prepared

DECISION: dict[str, Kind] = {"before": "json", "after": "json", "reason": "reason"}
"""What of a human decision is personal."""

_LISTS: dict[str, tuple[str, dict[str, Kind]]] = {
    "merged": ("web/persons/merged.sql", {}),
    "links": ("web/persons/links.sql", {"evidence": "json", "contested_candidates": "json"}),
    "accounts": ("web/persons/accounts.sql", WHO),
    "events": ("web/persons/events.sql", {"payload_json": "json"}),
    "audit": ("web/persons/audit.sql", {"evidence_json": "json", "error_message": "text", "notes": "reason"}),
    "decisions": ("web/persons/decisions.sql", DECISION),
    "claims": ("web/persons/claims.sql", {}),
    "payments": ("web/persons/payments.sql", {}),
}
"""Parts of the answer that are lists: the query of each, and what it hides."""

_ROWS: dict[str, tuple[str, dict[str, Kind]]] = {
    "attribution": ("web/persons/attribution.sql", {}),
    "ledger": ("web/persons/ledger.sql", {"evidence_json": "json"}),
}
"""Parts that are one row or null."""


def person(connection: psycopg.Connection[dict[str, Any]], current_user: CurrentUser, person_key: UUID) -> Person:
    """A person, or the survivor it was merged into, with every link, event, ledger entry and audit row.

    Raises:
        ApiError: UNKNOWN_PERSON.
        DatabaseError: the access could not be recorded.
    """
    row = execute_prepared(connection, "web/persons/survivor.sql", {"person_key": person_key}).fetchone()
    if row is None:
        raise ApiError("UNKNOWN_PERSON")
    note_access(current_user, "person", person_key=row["person_key"])
    asked = {"person_key": row["person_key"]}
    # One round trip for all parts.
    with connection.pipeline():
        found = {name: execute_prepared(connection, file, asked) for name, (file, _) in (_LISTS | _ROWS).items()}
    parts: dict[str, Any] = {}
    for name, (_, personal) in _LISTS.items():
        parts[name] = [shown(part, personal, current_user) for part in found[name]]
    for name, (_, personal) in _ROWS.items():
        part = found[name].fetchone()
        parts[name] = shown(part, personal, current_user) if part else None
    return Person.model_validate({**shown(row, WHO, current_user), **parts, "requested_key": person_key})
