"""Renders pages: Jinja2 with everything escaped, in the reader's language and notation."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from control_tower.i18n.catalogue import Language, catalogue
from control_tower.i18n.formats import Formats
from control_tower.web.language import COOKIE, language_of
from control_tower.web.navigation import MENU, PREFIX
from control_tower.web.pages.static import version_of
from control_tower.web.permissions import CurrentUser

TEMPLATES = Path(__file__).parents[1] / "templates"

A_YEAR = 365 * 24 * 3600
ROWS = 25
"""Rows of a list on a page, unless the address asks for more."""

_rendering = threading.Semaphore(1)
"""One page is rendered at a time. Threads that share Python's global lock would only delay each other, and the event
loop with them."""


@lru_cache(maxsize=2)
def templates(language: Language) -> Environment:
    """The templates in a language. An undefined name in a template is an error, not a blank."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    texts = catalogue(language)
    # Not newstyle: that takes texts for safe HTML and gives `%` a meaning. Ours are escaped like any other value.
    environment.install_gettext_translations(texts, newstyle=False)  # type: ignore[attr-defined]
    environment.globals["name_of"] = texts.name
    environment.filters["named"] = lambda codes, group: [(code, texts.name(group, code)) for code in codes]
    environment.filters["json_text"] = json_text
    return environment


def json_text(value: Any) -> str:
    """JSON for people and attributes; it is escaped like any other text."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def page(
    request: Request, current_user: CurrentUser | None, template: str, *, status_code: int = 200, **context: Any
) -> HTMLResponse:
    """A page, or a part of one.

    Args:
        request: The request.
        current_user: The reader; None on an error page without a session.
        template: Its file in `templates`.
        status_code: The HTTP status.
        context: The variables of the template.
    """
    language = language_of(request)
    base = site(request) + PREFIX
    with _rendering:
        text = (
            templates(language)
            .get_template(template)
            .render(
                {
                    "f": Formats(language),
                    "language": language,
                    "base": base,
                    "site": site(request),
                    "path": request.url.path,
                    "menu": [(entry, f"{base}{entry.path}") for entry in MENU],
                    "asset": lambda name: f"{base}/static/{name}?v={version_of(name)}",
                    "here": addresses(request),
                    "query": dict(request.query_params),
                    "current_user": current_user,
                    **context,
                }
            )
        )
    response = HTMLResponse(text, status_code=status_code)
    response.headers["Vary"] = "Accept-Language, Cookie"
    response.headers["Content-Language"] = language
    if "lang" in request.query_params:
        response.set_cookie(COOKIE, language, max_age=A_YEAR, path=base, samesite="lax", httponly=True)
    return response


def site(request: Request) -> str:
    """The path prefix of Airflow itself, empty at the root of its host."""
    return str(request.scope.get("root_path", "")).removesuffix(PREFIX)


def rows_of(request: Request, page_size: int) -> int:
    """The rows of a list on a page: `page_size` if it is in the address, else `ROWS`."""
    return page_size if request.query_params.get("page_size") else ROWS


def addresses(request: Request) -> Callable[..., str]:
    """The function `here` of the templates: the address of this page with some parameters changed; None removes one."""
    path = request.url.path
    shown = {name: f"{quote_plus(name)}={quote_plus(value)}" for name, value in request.query_params.items() if value}

    def here(**changes: Any) -> str:
        parts = shown.copy()
        for name, value in changes.items():
            if value in (None, ""):
                parts.pop(name, None)
            else:
                parts[name] = f"{name}={quote_plus(str(value))}"
        return f"{path}?{'&'.join(parts.values())}" if parts else path

    return here
