"""Searching: what a text can be, the records and accounts that carry it, and whose they are (ADR 35)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeVar

import psycopg
from pydantic import BaseModel

from control_tower.identity.name_search import Vocabulary, exact_query, fit, similar_query, without_one
from control_tower.settings import get_settings
from control_tower.sources import SOURCE_TABLES
from control_tower.web.listing import database_of, ttl_cache
from control_tower.web.models.search import (
    FoundBy,
    FoundPayment,
    FoundPerson,
    FoundPersons,
    FoundRecord,
    FoundRecords,
    FoundRun,
    FoundStatement,
)
from control_tower.web.permissions import CurrentUser
from control_tower.web.personal_data import WHO, shown
from control_tower.web.queries.identity import RECORD
from control_tower.web.sql_files import sql_text

Connection = psycopg.Connection[dict[str, Any]]
ModelT = TypeVar("ModelT", bound=BaseModel)

By = Literal["any", "phone", "license", "plate", "name", "driver_id", "external_id"]

MAX_FOUND = 50
"""Rows of a search result."""

MAX_CANDIDATES = 500
"""Records and accounts of each kind of key whose persons a search looks up."""

PERSONAL = ("phone", "phone_end", "license", "document", "plate", "words")
"""Keys that are personal data: not for users who may not see it, since they could find out by trying."""

_FEW_NAMES = 10
"""Names found by similar words below which words that begin alike are tried, too."""

_ORDER = ("person_key", "phone", "license", "plate", "driver_id", "external_id", "document", "name", "phone_end")
"""Kinds of keys, the strongest first; similar names come last, the likest first."""


class Hit(NamedTuple):
    """A record or account, and why it was found."""

    source_table: str
    source_pk: str
    found_by: FoundBy

    @property
    def rank(self) -> tuple[int, float]:
        """Its place among the hits."""
        kind = self.found_by.kind
        return _ORDER.index(kind) if kind in _ORDER else len(_ORDER), -(self.found_by.similarity or 0.0)


class Hits(NamedTuple):
    """What was understood, the hits, the best first, and whether there may be more."""

    keys: Mapping[str, Any]
    hits: Sequence[Hit]
    is_complete: bool


def search_hits(connection: Connection, current_user: CurrentUser, by: By, value: str) -> Hits:
    """The records and accounts that carry a text, as far as this user may search for it."""
    asked = {"by": by, "value": value, "country": get_settings().country}
    keys = connection.execute(sql_text("web/search/search_keys.sql"), asked).fetchone() or {}
    if not current_user.sees_personal_data:
        keys = {**keys, **dict.fromkeys(PERSONAL)}
    rows: list[dict[str, Any]] = []
    if any(keys[name] for name in ("driver_id", "external_id", *PERSONAL[:-1])):
        parameters = {**keys, "source_tables": list(SOURCE_TABLES), "most": MAX_CANDIDATES}
        rows = connection.execute(sql_text("web/search/candidates.sql"), parameters).fetchall()
    hits = [
        Hit(row["source_table"], row["source_pk"], FoundBy(kind=row["kind"], value=keys[row["kind"]])) for row in rows
    ]
    is_complete = len(rows) < MAX_CANDIDATES
    if keys["words"]:
        named, all_names = _by_name(connection, keys["words"])
        hits += named
        is_complete = is_complete and all_names
    return Hits(keys, sorted(hits, key=lambda hit: (hit.rank, hit[:2])), is_complete)


def _by_name(connection: Connection, words: Sequence[str]) -> tuple[list[Hit], bool]:
    """Names with all words; then those with words like them; if these are few, those with words that begin alike.

    Of three words or more, one may be missing when nothing else was found.
    """
    found: dict[tuple[str, str], str] = {}
    is_complete = True

    def look(query: str) -> None:
        nonlocal is_complete
        asked = {"words": query, "most": MAX_CANDIDATES}
        rows = connection.execute(sql_text("web/search/candidates_by_name.sql"), asked).fetchall()
        is_complete = is_complete and len(rows) < MAX_CANDIDATES
        found.update({(row["source_table"], row["source_pk"]): row["name"] for row in rows})

    def fitting(may_lack: int = 0) -> list[Hit]:
        hits = []
        for (source_table, source_pk), name in found.items():
            similarity = fit(words, name, may_lack=may_lack)
            if similarity is not None:
                kind: Literal["name", "name_similar"] = "name" if similarity == 1 else "name_similar"
                reason = FoundBy(kind=kind, value=name, similarity=round(similarity, 2) if similarity < 1 else 1.0)
                hits.append(Hit(source_table, source_pk, reason))
        return hits

    look(exact_query(words))
    if len(found) >= MAX_CANDIDATES:
        return fitting(), False
    vocabulary = _vocabulary(connection)
    look(similar_query(words, vocabulary, with_beginnings=False))
    if len(found) < _FEW_NAMES:
        look(similar_query(words, vocabulary, with_beginnings=True))
    hits = fitting()
    fewer = without_one(words, vocabulary)
    if not hits and fewer:
        look(fewer)
        hits = fitting(may_lack=1)
    return hits, is_complete


def _vocabulary(connection: Connection) -> Vocabulary:
    """The words of this fleet's names; remembered (see `listing.TTLCache`)."""

    def read() -> Vocabulary:
        rows = connection.execute(sql_text("web/search/name_vocabulary.sql")).fetchall()
        return Vocabulary(row["word"] for row in rows)

    return ttl_cache.get((*database_of(connection), "name_vocabulary"), read)


def persons_of(connection: Connection, current_user: CurrentUser, hits: Hits) -> FoundPersons:
    """The persons whom the hits belong to, the best first; at most `MAX_FOUND`."""
    rows = _rows_of(connection, "web/search/found_persons.sql", hits)
    items = []
    for row in rows[:MAX_FOUND]:
        places = [hits.hits[position - 1] for position in row["positions"]]
        reasons = _reasons(places) or [FoundBy(kind="person_key", value=str(hits.keys["person_key"]))]
        found_in = list(dict.fromkeys(f"{hit.source_table} {hit.source_pk}" for hit in places))
        values = {**shown(row, WHO, current_user), "found_in": found_in, "found_by": reasons}
        items.append(FoundPerson.model_validate(values))
    return FoundPersons(items=items, is_complete=len(rows) <= MAX_FOUND and hits.is_complete)


def records_of(connection: Connection, current_user: CurrentUser, hits: Hits) -> FoundRecords:
    """Open and ignored records without a person among the hits, the best first; at most `MAX_FOUND`."""
    rows = _rows_of(connection, "web/search/found_records.sql", hits)
    by_record: dict[tuple[str, str], tuple[dict[str, Any], list[Hit]]] = {}
    for row in rows:
        _, places = by_record.setdefault((row["source_table"], row["source_pk"]), (row, []))
        places += [hits.hits[position - 1] for position in row["positions"]]
    items = [
        FoundRecord.model_validate({**shown(row, RECORD, current_user), "found_by": _reasons(places)})
        for row, places in list(by_record.values())[:MAX_FOUND]
    ]
    return FoundRecords(items=items, is_complete=len(by_record) <= MAX_FOUND and hits.is_complete)


def _rows_of(connection: Connection, file: str, hits: Hits) -> list[dict[str, Any]]:
    """The rows of a file that asks what hits belong to, those of the best hits first."""
    if not hits.hits and not hits.keys["person_key"]:
        return []
    asked = {
        "source_tables": [hit.source_table for hit in hits.hits],
        "source_pks": [hit.source_pk for hit in hits.hits],
        "person_key": hits.keys["person_key"],
    }
    rows = connection.execute(sql_text(file), asked).fetchall()

    def rank(row: dict[str, Any]) -> tuple[tuple[int, float], str]:
        # a person without hits is the one whose key was typed
        best = min((hits.hits[position - 1].rank for position in row["positions"]), default=(-1, 0.0))
        return best, row["name"] or ""

    return sorted(rows, key=rank)


def _reasons(hits: Sequence[Hit]) -> list[FoundBy]:
    """Each kind of reason once, the strongest first."""
    reasons: dict[str, FoundBy] = {}
    for hit in sorted(hits, key=lambda hit: hit.rank):
        reasons.setdefault(hit.found_by.kind, hit.found_by)
    return list(reasons.values())


def runs_of(connection: Connection, keys: Mapping[str, Any]) -> list[FoundRun]:
    """The run whose number was typed."""
    return _of_number(connection, "web/search/found_runs.sql", FoundRun, keys["number"])


def statements_of(connection: Connection, keys: Mapping[str, Any]) -> list[FoundStatement]:
    """The statement whose number was typed."""
    return _of_number(connection, "web/search/found_statements.sql", FoundStatement, keys["number"])


def payments_of(connection: Connection, keys: Mapping[str, Any]) -> list[FoundPayment]:
    """The claims that the payment whose key was typed paid, or paid once."""
    if not keys["payment_key"]:
        return []
    rows = connection.execute(sql_text("web/search/found_payments.sql"), {"payment_key": keys["payment_key"]})
    return [FoundPayment.model_validate(row) for row in rows]


def _of_number(connection: Connection, file: str, model: type[ModelT], number: int | None) -> list[ModelT]:
    if number is None:
        return []
    return [model.model_validate(row) for row in connection.execute(sql_text(file), {"number": number})]
