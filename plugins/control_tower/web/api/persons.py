"""`/persons/{person_key}`. The searches are in `search`."""

from __future__ import annotations

from control_tower.web.api_errors import Problem
from control_tower.web.models.person import Person
from control_tower.web.params import PersonKey
from control_tower.web.permissions import CurrentUserDep, readers_router
from control_tower.web.pool import connection_pools
from control_tower.web.queries import persons as ask_persons

router = readers_router("identity_ingestion", tags=["persons"])


@router.get("/persons/{person_key}", responses={404: {"model": Problem}})
def person(current_user: CurrentUserDep, person_key: PersonKey) -> Person:
    """A person with every link, event, ledger entry and audit row: why is it so? Each look is kept on record."""
    with connection_pools().reading() as connection:
        return ask_persons.person(connection, current_user, person_key)
