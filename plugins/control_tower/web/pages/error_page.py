"""Error pages: a browser that opens a page gets the `Problem` of the API as a page, with the same status."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from control_tower.web.api_errors import Problem, problem_of

if TYPE_CHECKING:
    from control_tower.web.pages.health_note import Trouble


OUTAGES = ("DATABASE_UNREACHABLE", "DATABASE_BUSY", "AIRFLOW_UNREACHABLE")
"""Codes of answers that are another one as soon as a database answers again: the page waits for that by itself."""


def opens_a_page(request: Request) -> bool:
    """Whether a browser asks for a page, not a program for data."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    accepts_html = "text/html" in request.headers.get("accept", "")
    return accepts_html and not path.startswith(("/api/", "/static/"))


def as_page(request: Request, response: Response) -> Response:
    """The same answer as a page, if a page was asked for."""
    if not opens_a_page(request):
        return response
    from control_tower.web.pages.rendering import page

    problem = Problem.model_validate(json.loads(bytes(response.body)))
    known = _last_known(request) if problem.code in OUTAGES else None
    shown = page(
        request,
        "problem.html",
        status_code=response.status_code,
        problem=problem,
        is_outage=problem.code in OUTAGES,
        known_at=known[0] if known else None,
        known=known[1] if known else [],
    )
    for name in ("www-authenticate", "retry-after", "allow"):
        if name in response.headers:
            shown.headers[name] = response.headers[name]
    return shown


def _last_known(request: Request) -> tuple[datetime, list[Trouble]] | None:
    """What was last known of the health, for users who may see it."""
    from control_tower.web.pages.health_note import last_known

    user = getattr(request.state, "current_user", None)
    try:
        return last_known() if user is not None and user.may("GET", "pipeline_health") else None
    except SQLAlchemyError:
        return None  # Airflow's database is down as well: permissions are unknown


async def error_response(request: Request, error: Exception) -> Response:
    """The error handler of the application."""
    return as_page(request, problem_of(request, error))
