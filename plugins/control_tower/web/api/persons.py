"""`/persons` and the searches. What identifies somebody is never part of an address: addresses are logged."""

from __future__ import annotations

from pydantic import Field

from control_tower.web.api_errors import ApiError, Problem
from control_tower.web.models.identity import FoundPersons, FoundRecords
from control_tower.web.models.person import Person
from control_tower.web.params import PersonKey, Strict, Text
from control_tower.web.permissions import CurrentUser, CurrentUserDep, readers_router
from control_tower.web.personal_data import note_access
from control_tower.web.pool import connection_pools
from control_tower.web.queries import identity as ask
from control_tower.web.queries import persons as ask_persons

router = readers_router("identity_ingestion", tags=["persons"])


class Search(Strict):
    """What to look for. Notation does not matter: `+51 987-654-321` finds 987654321; of a name, the order of words."""

    by: ask.By
    value: Text = Field(description="The phone, licence, plate, name or driver_id.")


def _may_search(current_user: CurrentUser, search: Search) -> None:
    """Record the search; refuse one by personal data to users who may not see them: they could find out by trying."""
    if search.by != "driver_id" and not current_user.sees_personal_data:
        raise ApiError("PERSONAL_DATA")
    note_access(current_user, "search", subject=search.by)


@router.get("/persons/{person_key}", responses={404: {"model": Problem}})
def person(current_user: CurrentUserDep, person_key: PersonKey) -> Person:
    """A person with every link, event, ledger entry and audit row: why is it so? Each look is kept on record."""
    with connection_pools().reading() as connection:
        return ask_persons.person(connection, current_user, person_key)


@router.post("/persons/search")
def search_persons(current_user: CurrentUserDep, search: Search) -> FoundPersons:
    """Persons one of whose records or driver accounts carries a value; at most 50."""
    _may_search(current_user, search)
    with connection_pools().reading() as connection:
        return ask.search_persons(connection, current_user, search.by, search.value)


@router.post("/unmatched/search")
def search_unmatched(current_user: CurrentUserDep, search: Search) -> FoundRecords:
    """Open and ignored records without a person that carry a value, the newest first; at most 50."""
    _may_search(current_user, search)
    with connection_pools().reading() as connection:
        return ask.search_unmatched(connection, current_user, search.by, search.value)
