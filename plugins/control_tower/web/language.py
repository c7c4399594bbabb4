"""The language of an answer: what the reader chose on a page, else what the browser asks for, else the setting."""

from __future__ import annotations

from typing import cast

from starlette.requests import HTTPConnection

from control_tower.i18n.catalogue import Language
from control_tower.settings import get_settings

COOKIE = "control_tower_language"
"""Keeps what a reader chose by the switch on the pages, which asks for a page with `?lang=es` or `?lang=en`."""


def language_of(connection: HTTPConnection) -> Language:
    """`?lang=`, else the cookie, else the best of the two by the header Accept-Language (RFC 9110, 12.5.4)."""
    for chosen in (connection.query_params.get("lang"), connection.cookies.get(COOKIE)):
        if chosen in ("es", "en"):
            return cast("Language", chosen)
    best, found = 0.0, get_settings().language
    for part in connection.headers.get("accept-language", "").split(","):
        name, _, parameters = part.strip().partition(";")
        language, weight = name.strip().lower().partition("-")[0], _weight(parameters)
        if language in ("es", "en") and weight > best:
            best, found = weight, cast("Language", language)
    return found


def _weight(parameters: str) -> float:
    """The q value of a language, 1 when it has none, 0 when it is none."""
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(float(value), 1.0)
    except ValueError:
        return 0.0
