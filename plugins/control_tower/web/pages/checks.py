"""`/checks/{name}`: the history of a check, what its state means, its last sample, and the runbook's section."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import psycopg
from fastapi import Path, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from control_tower import runbook as book
from control_tower.i18n.formats import Formats
from control_tower.web.api_errors import ApiError
from control_tower.web.language import language_of
from control_tower.web.models.health import Check
from control_tower.web.navigation import PREFIX
from control_tower.web.pages.check_strip import strip
from control_tower.web.pages.form_fields import PageQuery
from control_tower.web.pages.rendering import page, site
from control_tower.web.permissions import CurrentUser, CurrentUserDep, readers_router
from control_tower.web.pool import connection_pools
from control_tower.web.queries import watch as ask

router = readers_router("pipeline_health", prefix="/checks", include_in_schema=False)

STRIP_DAYS = 30
MOST_CHANGES = 50
"""Changes of state that are listed; the export has all."""


@router.get("/{check_name}")
def check(
    request: Request,
    current_user: CurrentUserDep,
    check_name: Annotated[str, Path(max_length=200)],
    _: Annotated[PageQuery, Query()],
) -> HTMLResponse:
    """One check: its state since when, its history as a strip and a list, and what to do."""
    with connection_pools().reading() as connection:
        history = check_history(connection, current_user, check_name, request)
    if history["check"] is None:
        raise ApiError("UNKNOWN_CHECK", name=check_name)
    return page(request, "check.html", **history)


def check_history(
    connection: psycopg.Connection[dict[str, Any]], current_user: CurrentUser, check_name: str, request: Request
) -> dict[str, Any]:
    """What the templates of a check and of a source show of a check; `check` is None if there is none of this name."""
    language = language_of(request)
    found: Check | None = ask.check(connection, current_user, check_name)
    changes = ask.changes(connection, current_user, check_name)
    formats = Formats(language)
    days = []
    if found is not None:
        today = datetime.now(formats.zone).date()
        days = strip(changes, found.severity, found.since, today, formats.zone, STRIP_DAYS)
    return {
        "check": found,
        "changes": changes[:MOST_CHANGES],
        "changes_total": len(changes),
        "alerts": ask.alerts_of_check(connection, current_user, check_name),
        "strip_days": days,
        "section": None if found is None else section_of(check_name, found.state, request),
    }


def section_of(check_name: str, state: str, request: Request) -> Markup | None:
    """The section of the runbook about a state, as the page shows it; None: there is none, or nothing is wrong."""
    anchor = book.anchor_of(check_name.partition(".")[0], state)
    found = book.section(anchor, language_of(request), site(request) + PREFIX)
    return None if found is None else Markup(found.html)  # noqa: S704 - made safe by control_tower.runbook
