"""The searches. What is searched for is never part of an address: addresses are logged."""

from __future__ import annotations

from pydantic import Field

from control_tower.identity.scout_names import without_scout_word
from control_tower.web.api_errors import ApiError
from control_tower.web.models.search import Found, FoundPersons, FoundRecords
from control_tower.web.params import Strict, Text
from control_tower.web.permissions import CurrentUser, CurrentUserDep, readers_router
from control_tower.web.personal_data import note_access
from control_tower.web.pool import connection_pools
from control_tower.web.queries import scouts as ask_scouts
from control_tower.web.queries import search as ask

router = readers_router("identity_ingestion", tags=["search"])

NOT_PERSONAL: frozenset[ask.By] = frozenset({"any", "driver_id", "external_id"})
"""What users who see no personal data may search by; `any` leaves out what is personal."""


class Search(Strict):
    """What to look for. Notation does not matter: `+51 987-654-321` finds 987654321; of a name, the order of words."""

    by: ask.By = Field("any", description="What it is; by default whatever it can be.")
    value: Text = Field(
        description="A phone or the end of one (four digits or more), a licence, a document number, a plate, a name "
        "with errors, a driver_id, the number of a source's row, or the key of a person."
    )


class SearchOfAll(Strict):
    """What to look for, among everything."""

    value: Text = Field(
        description="As for persons; also the number or name of a scout, with or without the word before it, the "
        "number of a run or a statement, or the key of a payment."
    )


def _note_search(current_user: CurrentUser, by: ask.By) -> None:
    """Record the search; refuse one by personal data to users who may not see them: they could find out by trying."""
    if by not in NOT_PERSONAL and not current_user.sees_personal_data:
        raise ApiError("PERSONAL_DATA")
    note_access(current_user, "search", subject=by)


@router.post("/persons/search")
def search_persons(current_user: CurrentUserDep, search: Search) -> FoundPersons:
    """Persons one of whose records or driver accounts carries a value, and why; at most 50."""
    _note_search(current_user, search.by)
    with connection_pools().reading() as connection:
        hits = ask.search_hits(connection, current_user, search.by, search.value)
        return ask.persons_of(connection, current_user, hits)


@router.post("/unmatched/search")
def search_unmatched(current_user: CurrentUserDep, search: Search) -> FoundRecords:
    """Open and ignored records without a person that carry a value, and why; at most 50."""
    _note_search(current_user, search.by)
    with connection_pools().reading() as connection:
        hits = ask.search_hits(connection, current_user, search.by, search.value)
        return ask.records_of(connection, current_user, hits)


@router.post("/search")
def search_everything(current_user: CurrentUserDep, search: SearchOfAll) -> Found:
    """Whatever a text can be: persons, records, scouts, runs, statements and payments, each with why it was found."""
    return find(current_user, search.value)


def find(current_user: CurrentUser, value: str, by: ask.By = "any") -> Found:
    """What carries a value; the access is recorded. Only `any` looks beyond persons and records.

    Raises:
        ApiError: PERSONAL_DATA.
    """
    _note_search(current_user, by)
    is_any = by == "any"
    value = without_scout_word(value) if is_any else value
    sees_money = is_any and current_user.may("GET", "scout_attribution_refresh")
    with connection_pools().reading() as connection:
        hits = ask.search_hits(connection, current_user, by, value)
        return Found(
            persons=ask.persons_of(connection, current_user, hits),
            records=ask.records_of(connection, current_user, hits),
            scouts=ask_scouts.found(connection, value) if sees_money else [],
            runs=ask.runs_of(connection, hits.keys) if is_any else [],
            statements=ask.statements_of(connection, hits.keys) if sees_money else [],
            payments=ask.payments_of(connection, hits.keys) if sees_money else [],
            is_limited=not current_user.sees_personal_data,
        )
