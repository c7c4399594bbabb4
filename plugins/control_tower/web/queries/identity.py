"""Queries about records without a person, and searches by phone, licence, plate, name or driver_id."""

from __future__ import annotations

from typing import Any, Literal

import psycopg

from control_tower.masking import Kind
from control_tower.settings import get_settings
from control_tower.web.listing import Listing, database_of, ttl_cache
from control_tower.web.models.identity import Calibration, Contested, FoundPerson, FoundPersons, FoundRecords, Unmatched
from control_tower.web.permissions import CurrentUser
from control_tower.web.personal_data import WHO, shown
from control_tower.web.sql_files import execute_prepared, sql_text

RECORD: dict[str, Kind] = {**WHO, "details": "json", "candidates_preview": "json"}

UNMATCHED = Listing(
    "unmatched",
    "web/identity/unmatched.sql",
    Unmatched,
    {
        "match_probability": (("match_probability", True), ("source_table", False), ("source_pk", False)),
        "created_at": (("created_at", True), ("source_table", False), ("source_pk", False)),
        "event_date": (("event_date", True), ("source_table", False), ("source_pk", False)),
        "reason_code": (("reason_code", False), ("source_table", False), ("source_pk", False)),
        "source": (("source_table", False), ("source_pk", False)),
    },
    personal=RECORD,
    description="Records that were left without a person: why, and with which candidates; the likeliest first.",
)

CONTESTED = Listing(
    "contested",
    "web/identity/contested.sql",
    Contested,
    {
        "since": (("since", False), ("source_table", False), ("source_pk", False)),
        "source": (("source_table", False), ("source_pk", False)),
    },
    personal={"candidates": "json", "content_before": "json", "content_now": "json"},
    description="Links that stand although later evidence speaks against them, and overwritten rows.",
)

CALIBRATION = Listing(
    "calibration",
    "web/identity/calibration.sql",
    Calibration,
    {
        "probability_from": (("probability_from", True), ("match_rule", False)),
        "match_rule": (("match_rule", False), ("probability_from", True)),
    },
    description="Whether probabilities keep their word: links and human decisions per match rule and band.",
)


def calibration(connection: psycopg.Connection[dict[str, Any]]) -> list[Calibration]:
    """Whether probabilities keep their word, of all rules; remembered, because it reads every link (see `TTLCache`)."""

    def read() -> list[Calibration]:
        rows = execute_prepared(connection, CALIBRATION.file)
        return [Calibration.model_validate(row) for row in rows]

    return ttl_cache.get((*database_of(connection), CALIBRATION.name, "all"), read)


By = Literal["phone", "license", "plate", "name", "driver_id"]

MAX_FOUND = 50
"""Rows of a search result."""

MAX_CANDIDATES = 500
"""Records, and as many accounts, whose persons a search looks up."""


def search_persons(
    connection: psycopg.Connection[dict[str, Any]], current_user: CurrentUser, by: By, value: str
) -> FoundPersons:
    """Persons one of whose records or accounts carries a phone, licence, plate, name or driver_id."""
    rows = _search(connection, "web/persons/search_persons.sql", by, value)
    items = [FoundPerson.model_validate(shown(row, WHO, current_user)) for row in rows[:MAX_FOUND]]
    is_cut = any(row["is_cut"] for row in rows)
    return FoundPersons(items=items, is_complete=len(rows) <= MAX_FOUND and not is_cut)


def search_unmatched(
    connection: psycopg.Connection[dict[str, Any]], current_user: CurrentUser, by: By, value: str
) -> FoundRecords:
    """Open and ignored records without a person that carry a phone, licence, plate, name or driver_id."""
    rows = _search(connection, "web/identity/search_unmatched.sql", by, value)
    items = [Unmatched.model_validate(shown(row, RECORD, current_user)) for row in rows[:MAX_FOUND]]
    return FoundRecords(items=items, is_complete=len(rows) <= MAX_FOUND)


def _search(connection: psycopg.Connection[dict[str, Any]], file: str, by: By, value: str) -> list[dict[str, Any]]:
    asked = {"by": by, "value": value, "country": get_settings().country}
    keys = connection.execute(sql_text("web/persons/search_keys.sql"), asked).fetchone() or {}
    if not any(keys.values()):
        return []  # the value is no valid phone, licence, plate or name
    wanted: dict[str, Any] = {
        **keys,
        "patterns": [f"%{word}%" for word in keys["words"]] if keys["words"] else None,
        "most": MAX_FOUND + 1,
        "most_records": MAX_CANDIDATES,
    }
    return connection.execute(sql_text(file), wanted).fetchall()
