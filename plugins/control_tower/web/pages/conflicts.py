"""`/scouts/conflicts`: persons whom several scouts claim; one opened shows every claim, and leads to the review."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from control_tower.web.api import attribution as api
from control_tower.web.api.lists import page_in
from control_tower.web.explain import Explainer
from control_tower.web.language import language_of
from control_tower.web.pages.decisions import scouts_named_in, shown_decisions
from control_tower.web.pages.form_fields import ListPageQuery, Order, PageQuery
from control_tower.web.pages.rendering import page
from control_tower.web.params import PersonKey
from control_tower.web.permissions import CurrentUserDep, readers_router
from control_tower.web.pool import connection_pools
from control_tower.web.queries import attribution as ask
from control_tower.web.queries import pages as ask_pages
from control_tower.web.queries import persons as ask_persons

router = readers_router("scout_attribution_refresh", prefix="/scouts/conflicts", include_in_schema=False)


class ConflictsQuery(api.ConflictQuery, ListPageQuery):
    """Which conflicts."""


@router.get("")
def conflicts(
    request: Request, current_user: CurrentUserDep, query: Annotated[ConflictsQuery, Query()]
) -> HTMLResponse:
    """The open conflicts, the oldest first."""
    with connection_pools().reading() as connection:
        found = page_in(connection, ask.CONFLICTS, current_user, query)
        scout_ids = [row.ledger_scout_id for row in found.rows]
        scout_ids += [scout_id for row in found.rows for scout_id in row.scout_ids or ()]
        scouts, names = ask_pages.names(connection, current_user, scout_ids, (row.person_key for row in found.rows))
        has_persons = bool(found.rows) or ask.has_persons(connection)
    return page(
        request,
        "conflicts.html",
        found=found,
        has_persons=has_persons,
        chosen=query,
        order=Order.of(ask.CONFLICTS, query.sort),
        export=query.export(),
        scouts=scouts,
        names=names,
    )


@router.get("/{person_key}")
def conflict(
    request: Request,
    current_user: CurrentUserDep,
    person_key: PersonKey,
    _: Annotated[PageQuery, Query()],
) -> HTMLResponse:
    """Every claim on a person side by side, and what was decided. Each look is kept on record."""
    with connection_pools().reading() as connection:
        person = ask_persons.person(connection, current_user, person_key)
        claims = ask_pages.claims_of(connection, person.person_key)
        open_conflict = ask_pages.conflict_of(connection, person.person_key)
        decided, _names = ask_pages.names(connection, current_user, scouts_named_in(person.decisions), ())
    scouts = decided | {claim["scout_id"]: claim["scout_name"] for claim in claims}
    decisions = [decision for decision in person.decisions if decision.source_pk is None]
    by_scout: dict[int, list[dict[str, object]]] = {}
    for claim in claims:
        if claim["source_table"] != "lead_ledger":
            by_scout.setdefault(int(claim["scout_id"]), []).append(claim)
    if person.ledger and person.ledger.attributed_scout_id is not None:
        by_scout.setdefault(person.ledger.attributed_scout_id, [])
    return page(
        request,
        "conflict.html",
        person=person,
        conflict=open_conflict,
        by_scout=by_scout,
        scouts=scouts,
        decisions=shown_decisions(decisions, Explainer(language_of(request)), scouts, person.person_key),
        may_decide=current_user.may("POST", "resolve_scout_conflict"),
    )
