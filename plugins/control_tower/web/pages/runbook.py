"""`/runbook`: the runbook of the reader's language, with an anchor per section. It needs no warehouse."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from control_tower import runbook as book
from control_tower.web.language import language_of
from control_tower.web.navigation import PREFIX
from control_tower.web.pages.form_fields import PageQuery
from control_tower.web.pages.health_note import last_known
from control_tower.web.pages.rendering import page, site
from control_tower.web.permissions import CurrentUserDep

router = APIRouter(include_in_schema=False)


@router.get("/runbook")
def runbook(request: Request, current_user: CurrentUserDep, _: Annotated[PageQuery, Query()]) -> HTMLResponse:
    """All sections, and their list; the note of health says what was known last."""
    known = last_known()
    if known is not None and current_user.may("GET", "pipeline_health"):
        request.state.health_note = known[1]
    found = book.sections(language_of(request), site(request) + PREFIX)
    return page(
        request,
        "runbook.html",
        contents=[part for part in found if part.anchor and part.level == 2],
        # only what `control_tower.runbook` made safe
        text=Markup("".join(part.html for part in found)),  # noqa: S704
        published=book.published(language_of(request)),
    )
