"""Mask personal data: phones, licences, plates and names in columns, evidence and free text.

JSON values are shown only under keys known to identify nobody (`HARMLESS`), because evidence of earlier programs has
unlisted keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal
from unicodedata import normalize

from control_tower.identity.spanish_names import GIVEN_NAMES, SURNAMES

Kind = Literal["name", "number", "text", "reason", "json"]
"""How a value is masked: a name keeps its initials, a number its last three characters; free text loses runs of six and
more digits that are neither a date nor an IP address; a reason, which people write, also loses names: words with a
capital letter within a sentence, known names however they are written, and the words behind these; JSON keeps harmless
values."""

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

_LETTERS = re.compile(r"([^\W\d_]+)")
_BETWEEN = frozenset(
    {
        "es", "y", "e", "o", "u", "de", "del", "la", "las", "el", "los", "que", "con", "por", "para", "en", "no", "si",
        "ya", "lo", "le", "su", "un", "una", "al", "se", "fue", "era", "está", "son", "como", "más", "tiene", "dice",
        "dijo", "is", "was", "and", "or", "of", "the", "in", "on", "to", "has", "had", "it", "that", "with", "for",
        "by", "not", "who", "said", "from", "as", "at",
    }
)  # fmt: skip
"""Words that stand beside names and are none."""

_CALENDAR = frozenset(
    {
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december", "enero", "febrero", "marzo", "mayo", "junio", "agosto", "septiembre", "setiembre", "octubre",
        "noviembre", "diciembre", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
        "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo",
    }
)  # fmt: skip
"""Months and days of the week: no names, although some are written with a capital letter."""

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
    if kind == "reason":
        text = _without_names(text)
    return _LONG_NUMBER.sub(lambda found: found["harmless"] or HIDDEN, text)


def _without_names(text: str) -> str:
    """A sentence in which names keep their initials."""
    parts = _LETTERS.split(text)  # words at odd places, what separates them at even ones
    words = parts[1::2]
    named = [_is_known_name(word) for word in words]
    for place, word in enumerate(words):
        begins_sentence = place == 0 or re.search(r"[.!?:;\n]", parts[2 * place]) is not None
        follows_name = place > 0 and named[place - 1] and not parts[2 * place].strip()
        is_beside_name = follows_name and len(word) > 2 and word.lower() not in _BETWEEN
        if word.lower() in _CALENDAR or word in ("abril", "julio"):  # with a capital letter these two are given names
            continue
        if named[place] or is_beside_name or (word[0].isupper() and not begins_sentence):
            parts[2 * place + 1] = word[0] + HIDDEN
    return "".join(parts)


def _is_known_name(word: str) -> bool:
    bare = "".join(letter for letter in normalize("NFD", word.upper()) if "A" <= letter <= "Z")
    return bare in GIVEN_NAMES or (bare in SURNAMES and word[0].isupper())


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
