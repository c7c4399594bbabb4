"""`/persons`: finding a person, and everything about one: why is it so?"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse

from control_tower.decisions import Author, split_merged_person
from control_tower.web.explain import Explainer
from control_tower.web.language import language_of
from control_tower.web.pages.decisions import scouts_named_in, shown_decisions
from control_tower.web.pages.form_fields import PageQuery
from control_tower.web.pages.rendering import page
from control_tower.web.pages.timeline import Timeline
from control_tower.web.pages.waterfall import Weigher
from control_tower.web.params import PersonKey
from control_tower.web.permissions import CurrentUserDep, readers_router, starts
from control_tower.web.pool import connection_pools
from control_tower.web.queries import pages as ask_pages
from control_tower.web.queries import persons as ask_persons

router = readers_router("identity_ingestion", prefix="/persons", include_in_schema=False)


@router.get("")
def persons(request: Request, _: Annotated[PageQuery, Query()]) -> HTMLResponse:
    """The search form."""
    return page(request, "persons.html")


@router.get("/{person_key}")
def person(
    request: Request,
    current_user: CurrentUserDep,
    person_key: PersonKey,
    _: Annotated[PageQuery, Query()],
) -> HTMLResponse:
    """A person: who, whose, and the life line with the reason of each step. Each look is kept on record."""
    with connection_pools().reading() as connection:
        found = ask_persons.person(connection, current_user, person_key)
        conflict = ask_pages.conflict_of(connection, found.person_key)
        scouts, _names = ask_pages.names(connection, current_user, scouts_named_in(found.decisions), ())
        weigher = Weigher(language_of(request), *ask_pages.weights(connection, current_user))
    explain = Explainer(language_of(request))
    return page(
        request,
        "person.html",
        person=found,
        conflict=conflict,
        decisions=shown_decisions(found.decisions, explain, scouts, found.person_key),
        may_undo={
            "resolve_scout_conflict": current_user.may("POST", "resolve_scout_conflict"),
            "resolve_unmatched_lead": current_user.may("POST", "resolve_unmatched_lead"),
            "explain_payment": current_user.may("POST", "resolve_scout_conflict"),
        },
        may_split=current_user.may("POST", "split_merged_person"),
        steps=Timeline(found, language_of(request), scouts, weigher).steps(),
    )


@router.post("/{person_key}/split", dependencies=[Depends(starts("split_merged_person"))])
def split_preview(request: Request, current_user: CurrentUserDep, person_key: PersonKey) -> HTMLResponse:
    """What undoing a merge would do, and the form to do it, to be shown below its button. Nothing is written."""
    split = split_merged_person(str(person_key), "preview", author=Author(current_user.name))
    return page(request, "split_preview.html", split=split)
