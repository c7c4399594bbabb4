"""Mask personal data: phones, licences, plates and names in columns, evidence and free text.

JSON values are shown only under keys known to identify nobody (`HARMLESS`), because evidence of earlier programs has
unlisted keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

Kind = Literal["name", "number", "text", "json"]
"""How a value is masked: a name keeps its initials, a number its last three characters; free text loses runs of six and
more digits that are neither a date nor an IP address; JSON keeps harmless values."""

HARMLESS = frozenset(
    {
        "rule", "match_rule", "score", "match_score", "similarity", "names", "verdict", "driver_id", "person_key",
        "persons", "park_id", "source_table", "source_pk", "account_group", "because_of", "missing", "origin_tag",
        "acquisition_method", "scout_id", "seen_scouts", "chosen_scout", "attributed_scout_id", "attribution_rule",
        "attribution_score", "attributed_source", "confidence_level", "decision_status", "conflict_since",
        "event_scouts", "reason_code", "status", "event_date", "hire_date", "since", "run_id", "decided_by",
        "decided_at", "dag_run_id", "created_at", "updated_at", "linked_at", "resolved_at", "matched_driver_id",
        "snapshot_date", "person_merges", "kind", "undid_decision", "returned", "decided_again", "left_alone",
        "survivor_key", "merged_into", "part", "level",
    }
)  # fmt: skip
"""JSON keys whose values do not identify a person."""

HIDDEN = "•••"

_WORD = re.compile(r"\S+")
_DATE = r"(?<!\d)(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)"
_BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_MACHINE = rf"(?<![\d.]){_BYTE}(?:\.{_BYTE}){{3}}(?![\d.]*\d)"
_LONG_NUMBER = re.compile(rf"(?P<harmless>{_DATE}|{_MACHINE})|\d(?:[\s.-]?\d){{5,}}")


def masked(value: Any, kind: Kind) -> Any:
    """The value as shown to users without access to personal data."""
    if value is None:
        return None
    if kind == "json":
        return _masked_json(value)
    text = str(value)
    if kind == "name":
        return _WORD.sub(lambda word: word[0][0] + HIDDEN, text)
    if kind == "number":
        return HIDDEN + text[-3:] if len(text) > 5 else HIDDEN
    return _LONG_NUMBER.sub(lambda found: found["harmless"] or HIDDEN, text)


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
