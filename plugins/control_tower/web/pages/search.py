"""`/search`: what the box in the header of every page and the form of `/persons` found, to be shown below them."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from control_tower.identity.scout_names import without_scout_word
from control_tower.web.api.search import Search, find
from control_tower.web.pages.rendering import page
from control_tower.web.permissions import CurrentUserDep, readers_router
from control_tower.web.pool import connection_pools
from control_tower.web.queries import pages as ask_pages

router = readers_router("identity_ingestion", include_in_schema=False)


@router.post("/search")
def search(request: Request, current_user: CurrentUserDep, search: Search) -> HTMLResponse:
    """What carries the value, by kind and with why. What is searched for is never in an address."""
    found = find(current_user, search.value, search.by)
    with connection_pools().reading() as connection:
        scout_ids = (person.scout_id for person in found.persons.items)
        scouts, _ = ask_pages.names(connection, current_user, scout_ids, ())
    count = len(found.persons.items) + len(found.records.items) + len(found.scouts)
    count += len(found.runs) + len(found.statements) + len(found.payments)
    return page(
        request,
        "search_found.html",
        found=found,
        scouts=scouts,
        count=count,
        by=search.by,
        scouts_first=without_scout_word(search.value) != search.value,
    )
