"""Queries of pages alone: names beside a list, and what a human needs to see before deciding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import psycopg

from control_tower.identity.name_evidence import Level, NameWeights
from control_tower.masking import Kind
from control_tower.web.listing import as_decided, database_of, ttl_cache
from control_tower.web.models.identity import WaitingRecord
from control_tower.web.models.person import Decision
from control_tower.web.permissions import CurrentUser
from control_tower.web.personal_data import WHO, note_access, shown
from control_tower.web.queries.identity import RECORD
from control_tower.web.queries.persons import DECISION
from control_tower.web.sql_files import execute_prepared

Connection = psycopg.Connection[dict[str, Any]]

BEFORE: dict[str, Kind] = {"before_name": "name", "before_phone": "number", "before_license": "number"}
"""Columns of what an overwritten row said, and how they are masked."""


def attribution_health(connection: Connection) -> dict[str, Any]:
    """State, reasons and counts of attribution; `checked_at` is when they were read (see `listing.TTLCache`)."""

    def read() -> dict[str, Any]:
        return execute_prepared(connection, "web/attribution/attribution_health.sql").fetchone() or {}

    found: dict[str, Any] = ttl_cache.get((*as_decided(connection), "attribution_health"), read)
    return found


def names(
    connection: Connection,
    current_user: CurrentUser,
    scout_ids: Iterable[int | None],
    person_keys: Iterable[UUID | None],
) -> tuple[dict[int, str], dict[UUID, str]]:
    """Known names of scouts by scout_id and of persons by person_key, as the user may see them, in one query."""
    scouts: dict[int, str] = {}
    persons: dict[UUID, str] = {}
    asked = {
        "scout_ids": list({scout_id for scout_id in scout_ids if scout_id is not None}),
        "person_keys": list({person_key for person_key in person_keys if person_key is not None}),
    }
    for row in execute_prepared(connection, "web/persons/names.sql", asked) if any(asked.values()) else ():
        if row["person_key"] is None:
            scouts[row["scout_id"]] = row["name"]
        else:
            persons[row["person_key"]] = shown(row, WHO, current_user)["name"]
    return scouts, persons


def conflict_of(connection: Connection, person_key: UUID) -> dict[str, Any] | None:
    """The open conflict of a person, if there is one."""
    return execute_prepared(connection, "web/attribution/conflict_of_person.sql", {"person_key": person_key}).fetchone()


def claims_of(connection: Connection, person_key: UUID) -> list[dict[str, Any]]:
    """Who claims a person, the oldest claim first."""
    return execute_prepared(connection, "web/attribution/conflict_claims.sql", {"person_key": person_key}).fetchall()


def weights(connection: Connection, current_user: CurrentUser) -> tuple[float, NameWeights | None]:
    """Of the weights in force: the share of records whose person is among the drivers, and what words of names weigh.

    They are remembered (see `listing.TTLCache`). Words are None for users who may not see names.
    """

    def read() -> tuple[float, NameWeights]:
        levels = execute_prepared(connection, "web/identity/match_weights.sql").fetchall()
        words = {row["word"]: row["people"] for row in execute_prepared(connection, "web/identity/name_words.sql")}
        of_names = {
            row["level"]: Level(row["m"], row["u"], row["household"]) for row in levels if row["comparison"] == "name"
        }
        (share,) = (row["m"] for row in levels if row["comparison"] == "prior")
        people = levels[0]["people"]
        return share, NameWeights(of_names, people if words else None, words or None)

    share, names = ttl_cache.get((*database_of(connection), "weights"), read)
    return share, names if current_user.sees_personal_data else None


def waiting_record(
    connection: Connection, current_user: CurrentUser, source_table: str, source_pk: str
) -> WaitingRecord | None:
    """A record without a person, or a contested one. The access is recorded, as that to a person is."""
    asked = {"source_table": source_table, "source_pk": source_pk}
    row = execute_prepared(connection, "web/identity/unmatched_record.sql", asked).fetchone()
    if row is None:
        return None
    note_access(current_user, "search", subject=f"{source_table} {source_pk}")
    return WaitingRecord.model_validate(shown(row, {**RECORD, **BEFORE}, current_user))


def record_decisions(
    connection: Connection, current_user: CurrentUser, source_table: str, source_pk: str
) -> list[Decision]:
    """What humans decided about a record, the oldest first."""
    asked = {"source_table": source_table, "source_pk": source_pk}
    rows = execute_prepared(connection, "web/identity/record_decisions.sql", asked)
    return [Decision.model_validate(shown(row, DECISION, current_user)) for row in rows]


def accounts(connection: Connection, current_user: CurrentUser, driver_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Driver accounts by driver_id, with what they carry and whose they are."""
    rows = execute_prepared(connection, "web/identity/candidate_accounts.sql", {"driver_ids": sorted(set(driver_ids))})
    return {row["driver_id"]: shown(row, WHO, current_user) for row in rows}
