"""Renders pages: Jinja2 with everything escaped, in the reader's language and notation."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from control_tower.i18n.catalogue import Language, capitalised, catalogue
from control_tower.i18n.formats import Formats
from control_tower.web.explain import Explainer
from control_tower.web.language import COOKIE, language_of
from control_tower.web.navigation import MENU, PREFIX, entry_of
from control_tower.web.pages.static import version_of
from control_tower.web.permissions import CurrentUser

TEMPLATES = Path(__file__).parents[1] / "templates"

A_YEAR = 365 * 24 * 3600

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
    environment.filters["first_upper"] = capitalised
    return environment


def json_text(value: Any) -> str:
    """JSON for people and attributes; it is escaped like any other text."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def page(request: Request, template: str, *, status_code: int = 200, **context: Any) -> HTMLResponse:
    """A page, or a part of one, from a file of `templates` and its variables; without a login only errors are shown."""
    language = language_of(request)
    response = HTMLResponse(rendered(request, template, **context), status_code=status_code)
    response.headers["Vary"] = "Accept-Language, Cookie"
    response.headers["Content-Language"] = language
    if "lang" in request.query_params:
        base = site(request) + PREFIX
        response.set_cookie(COOKIE, language, max_age=A_YEAR, path=base, samesite="lax", httponly=True)
    return response


def rendered(request: Request, template: str, **context: Any) -> Markup:
    """The text of a file of `templates` with its variables, to be sent, or to be put into a page."""
    language = language_of(request)
    base = site(request) + PREFIX
    user: CurrentUser | None = getattr(request.state, "current_user", None)
    variables = {
        "f": Formats(language),
        "explain": Explainer(language),
        "language": language,
        "base": base,
        "site": site(request),
        "path": request.url.path,
        "menu": [(entry, f"{base}{entry.path}") for entry in MENU],
        "current_entry": entry_of(request.url.path.removeprefix(base)),
        "asset": lambda name: f"{base}/static/{name}?v={version_of(name)}",
        "here": addresses(request),
        "query": dict(request.query_params),
        "current_user": user,
        "health_note": getattr(request.state, "health_note", None),
        "may_see_scouts": cache(lambda: user is not None and user.may("GET", "scout_attribution_refresh")),
        **context,
    }
    with _rendering:
        text = templates(language).get_template(template).render(variables)
    return Markup(text)  # noqa: S704 - the template has escaped its variables


def site(request: Request) -> str:
    """The path prefix of Airflow itself, empty at the root of its host."""
    return str(request.scope.get("root_path", "")).removesuffix(PREFIX)


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
