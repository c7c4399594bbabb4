"""What a person sees instead of a page: what failed, what is still true, what to do, and an id to quote.

The API answers every failure as a `Problem` in JSON. Somebody who opens a page in a browser gets the same as a page,
with the same status.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request
from starlette.responses import Response

from control_tower.web.api_errors import Problem

Handler = Callable[[Request, Exception], Awaitable[Response]]


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
    found: Any = getattr(request.state, "current_user", None)
    shown = page(request, found, "problem.html", status_code=response.status_code, problem=problem)
    for name in ("www-authenticate", "retry-after", "allow"):
        if name in response.headers:
            shown.headers[name] = response.headers[name]
    return shown


def for_people_too(handler: Handler) -> Handler:
    """An error handler of the API that also knows pages."""

    async def handled(request: Request, error: Exception) -> Response:
        return as_page(request, await handler(request, error))

    return handled
