"""Error pages: a browser that opens a page gets the `Problem` of the API as a page, with the same status."""

from __future__ import annotations

import json

from fastapi import Request
from starlette.responses import Response

from control_tower.web.api_errors import Problem, problem_of


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
    shown = page(request, "problem.html", status_code=response.status_code, problem=problem)
    for name in ("www-authenticate", "retry-after", "allow"):
        if name in response.headers:
            shown.headers[name] = response.headers[name]
    return shown


async def error_response(request: Request, error: Exception) -> Response:
    """The error handler of the application."""
    return as_page(request, problem_of(request, error))
