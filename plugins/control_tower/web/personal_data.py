"""What identifies a person, and how it is hidden from those who may not see it.

Masked are phones, licences, plates and names, wherever they stand: in columns, in the evidence of links, in free text.
Of JSON only what is known to identify nobody is shown (`HARMLESS`), so that evidence of older programs, whose keys
nobody has listed, gives nothing away. Who saw what is kept in `ops.personal_data_access`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any, Literal

from control_tower.database import connect, execute_file
from control_tower.web.access import Visitor

Kind = Literal["name", "number", "text", "json"]
"""How a value is masked: a name keeps its initials, a number its last three characters, free text loses every longer
run of digits, JSON keeps what is harmless."""

HARMLESS = frozenset(
    {
        "rule", "match_rule", "score", "match_score", "similarity", "names", "verdict", "driver_id", "person_key",
        "persons", "park_id", "source_table", "source_pk", "account_group", "because_of", "missing", "origin_tag",
        "acquisition_method", "scout_id", "seen_scouts", "chosen_scout", "attributed_scout_id", "attribution_rule",
        "attribution_score", "attributed_source", "confidence_level", "decision_status", "conflict_since",
        "event_scouts", "reason_code", "status", "event_date", "hire_date", "since", "run_id", "decided_by",
        "decided_at", "dag_run_id", "created_at", "updated_at", "linked_at", "resolved_at", "matched_driver_id",
        "snapshot_date", "person_merges", "kind",
    }
)  # fmt: skip
"""Keys of JSON whose values identify nobody by themselves."""

_WORD = re.compile(r"\S+")
_LONG_NUMBER = re.compile(r"\d(?:[\s.-]?\d){5,}")
HIDDEN = "•••"


def masked(value: Any, kind: Kind) -> Any:
    """A value as somebody sees it who may not see personal data."""
    if value is None:
        return None
    if kind == "json":
        return _masked_json(value)
    text = str(value)
    if kind == "name":
        return _WORD.sub(lambda word: word[0][0] + HIDDEN, text)
    if kind == "number":
        return HIDDEN + text[-3:] if len(text) > 5 else HIDDEN
    return _LONG_NUMBER.sub(HIDDEN, text)


def _masked_json(value: Any, *, is_harmless: bool = False) -> Any:
    if isinstance(value, Mapping):
        return {key: _masked_json(part, is_harmless=key in HARMLESS) for key, part in value.items()}
    if isinstance(value, list):
        return [_masked_json(part, is_harmless=is_harmless) for part in value]
    if value is None or isinstance(value, bool) or is_harmless:
        return value
    if isinstance(value, int | float) and abs(value) < 100_000:
        return value
    return HIDDEN


def shown(row: dict[str, Any], personal: Mapping[str, Kind], visitor: Visitor) -> dict[str, Any]:
    """A row as this visitor may see it.

    Args:
        row: Values by column.
        personal: The columns that identify somebody, and how they are masked.
        visitor: Who looks.
    """
    if visitor.sees_personal_data:
        return row
    return {name: masked(value, personal[name]) if name in personal else value for name, value in row.items()}


def note_access(
    visitor: Visitor,
    action: Literal["person", "search", "export"],
    *,
    person_key: uuid.UUID | None = None,
    subject: str | None = None,
) -> None:
    """Keep on record that a visitor sees personal data, before it is shown: no record, no answer.

    Args:
        visitor: Who looks.
        action: At a person, through a search, or by an export.
        person_key: The person looked at.
        subject: By what was searched (never for what), or the list that is exported.

    Raises:
        DatabaseError: it could not be written.
    """
    with connect(application_name="control_tower web", statement_timeout_ms=5_000, autocommit=True) as connection:
        execute_file(
            connection,
            "8_web/note_access.sql",
            {
                "action": action,
                "person_key": person_key,
                "subject": subject,
                "is_unmasked": visitor.sees_personal_data,
                "seen_by": visitor.name,
            },
        )
