"""Queries about scouts: lists, one scout, what is worth a look, and finding one by name or number."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import psycopg

from control_tower.identity.scout_names import name_fit, words_of
from control_tower.settings import get_settings
from control_tower.web.api_errors import ApiError
from control_tower.web.listing import Listing, database_of, remembered, ttl_cache
from control_tower.web.models.scouts import (
    Scout,
    ScoutPerson,
    ScoutRow,
    ScoutSignal,
    SignalRow,
    SuggestedScout,
)
from control_tower.web.models.search import FoundBy, FoundScout
from control_tower.web.sql_files import execute_prepared

Connection = psycopg.Connection[dict[str, Any]]

_KEY = (("scout_id", False), ("currency", False))

SCOUTS = Listing(
    "scouts",
    "web/scouts/scouts.sql",
    ScoutRow,
    {
        "persons": (("persons", True), *_KEY),
        "scout_name": (("scout_name", False), *_KEY),
        "scout_id": _KEY,
        "open_conflicts": (("open_conflicts", True), *_KEY),
        "doubt_share": (("doubt_share", True), *_KEY),
        "due_amount": (("due_amount", True), *_KEY),
        "unpaid_amount": (("unpaid_amount", True), *_KEY),
        "paid_amount": (("paid_amount", True), *_KEY),
    },
    is_remembered=True,
    description="Scouts with what each brought, how much of it is in doubt, and what each is due and was paid; one row"
    " per currency.",
)

PERSONS = Listing(
    "scout_persons",
    "web/scouts/persons.sql",
    ScoutPerson,
    {
        "lead_date": (("lead_date", True), ("person_key", False), ("currency", False)),
        "amount_payable": (("amount_payable", True), ("person_key", False), ("currency", False)),
        "milestone_reached": (("milestone_reached", True), ("person_key", False), ("currency", False)),
        "payment_status": (("payment_status", False), ("person_key", False), ("currency", False)),
        "person_key": (("person_key", False), ("currency", False)),
    },
    is_remembered=True,
    personal={"name": "name"},
    description="Persons whose scout the ledger says it is, and what each is worth; one row per currency.",
)

SIGNALS = Listing(
    "scout_signals",
    "web/scouts/signals.sql",
    ScoutSignal,
    {
        "records": (("records", True), ("scout_id", False), ("signal", False)),
        "scout_id": (("scout_id", False), ("signal", False)),
        "signal": (("signal", False), ("scout_id", False)),
    },
    description="What is worth a look about scouts, with its figures. It accuses nobody and changes no payment.",
)

SIGNAL_ROWS = Listing(
    "scout_signal_rows",
    "web/scouts/signal_rows.sql",
    SignalRow,
    {
        "signal": (("signal", False), ("value_number", False), ("source_table", False), ("source_pk", False)),
        "event_date": (("event_date", True), ("signal", False), ("source_table", False), ("source_pk", False)),
    },
    personal={"name": "name"},
    description="The records and driver accounts behind the signals of a scout.",
)

MAX_SUGGESTED = 8
"""Scouts that a picker offers."""


def scout(connection: Connection, scout_id: int) -> Scout:
    """A scout.

    Raises:
        ApiError: NO_SUCH_SCOUT.
    """
    asked = {"scout_id": scout_id, "today": today()}
    rows = execute_prepared(connection, "web/scouts/scout.sql", asked).fetchall()
    if not rows:
        raise ApiError("NO_SUCH_SCOUT")
    months = execute_prepared(connection, "web/scouts/months.sql", asked).fetchall()
    return Scout.model_validate(
        {
            **rows[0],
            "money": rows,
            "months": months,
            "signals": [signal for signal in signals(connection) if signal.scout_id == scout_id],
            "median_doubt_share": _median_doubt_share(connection),
        }
    )


def signals(connection: Connection) -> list[ScoutSignal]:
    """What is worth a look about all scouts; remembered, because it reads every record that names one."""

    def read() -> list[ScoutSignal]:
        rows = execute_prepared(connection, SIGNALS.file, {"scout_id": None, "signal": None})
        return [ScoutSignal.model_validate(row) for row in rows]

    return remembered(connection, (SIGNALS.name, "all"), read)


def today() -> date:
    """Today in the zone of the settings."""
    return datetime.now(ZoneInfo(get_settings().timezone)).date()


def _median_doubt_share(connection: Connection) -> float | None:
    """The median of all scouts; remembered, because it reads every record that names one (see `TTLCache`)."""

    def read() -> float | None:
        row = execute_prepared(connection, "web/scouts/doubt_median.sql").fetchone() or {}
        found: float | None = row.get("median_doubt_share")
        return found

    return remembered(connection, ("median_doubt_share",), read)


class NamedScout(NamedTuple):
    """A scout and the words of its name."""

    scout: SuggestedScout
    words: list[str]


def _named_scouts(connection: Connection) -> list[NamedScout]:
    """Every scout; remembered (see `listing.TTLCache`)."""

    def read() -> list[NamedScout]:
        rows = execute_prepared(connection, "web/scouts/scout_names.sql")
        return [NamedScout(SuggestedScout.model_validate(row), words_of(row["scout_name"] or "")) for row in rows]

    return ttl_cache.get((*database_of(connection), "scout_names"), read)


def suggested(connection: Connection, typed: str) -> list[SuggestedScout]:
    """Scouts whose number begins with or whose name fits what was typed, the best first; active ones before others."""
    words = words_of(typed)
    ranked = []
    for known in _named_scouts(connection):
        number = str(known.scout.scout_id)
        of_number = 1.0 if words == [number] else 0.9 if len(words) == 1 and number.startswith(words[0]) else None
        fits = [part for part in (of_number, name_fit(words, known.words)) if part is not None]
        if fits or not words:
            ranked.append((-max(fits, default=0.0), known.scout.is_active is False, known.scout.scout_id, known.scout))
    return [one for *_, one in sorted(ranked, key=lambda rank: rank[:3])[:MAX_SUGGESTED]]


def found(connection: Connection, typed: str) -> list[FoundScout]:
    """The scout with this number, and those whose names fit, the best first; with why."""
    words = words_of(typed)
    items: list[tuple[float, FoundScout]] = []
    for known in _named_scouts(connection):
        reasons = []
        if words == [str(known.scout.scout_id)]:
            reasons.append(FoundBy(kind="scout_id", value=words[0]))
        similarity = name_fit(words, known.words) if any(word.isalpha() for word in words) else None
        if similarity is not None:
            reasons.append(FoundBy(kind="scout_name", value=known.scout.scout_name, similarity=round(similarity, 2)))
        if reasons:
            score = max(1.0 if reason.similarity is None else reason.similarity for reason in reasons)
            items.append((score, FoundScout(**known.scout.model_dump(), found_by=reasons)))
    return [one for _, one in sorted(items, key=lambda item: (-item[0], item[1].scout_id))[:MAX_SUGGESTED]]
