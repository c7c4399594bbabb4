"""Style sheets, script and icons, behind the guard like everything else.

A mounted `StaticFiles` would serve whatever is put into its folder; here it is a closed list, with a type each.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Response

from control_tower.web.api_errors import ApiError

router = APIRouter(prefix="/static", include_in_schema=False)

FOLDER = Path(__file__).parents[1] / "static"

FILES = {
    "pages.css": "text/css; charset=utf-8",
    "theme.js": "text/javascript; charset=utf-8",
    "pages.js": "text/javascript; charset=utf-8",
    "icon-light.svg": "image/svg+xml",
    "icon-dark.svg": "image/svg+xml",
}
"""Name and type of each file."""


@lru_cache(maxsize=len(FILES))
def content_of(name: str) -> bytes:
    """The bytes of a file of `FILES`, read once per process."""
    return (FOLDER / name).read_bytes()


def version_of(name: str) -> str:
    """A short name of what a file contains, so that browsers may keep it until it changes."""
    return hashlib.sha256(content_of(name)).hexdigest()[:12]


@router.get("/{name}")
def static(name: str, v: Annotated[str | None, Query(max_length=64)] = None) -> Response:
    """A file of `FILES`; kept by the browser for long when its version is in the address."""
    if name not in FILES:
        raise ApiError("NOT_FOUND")
    age = "max-age=31536000, immutable" if v == version_of(name) else "max-age=300"
    return Response(content_of(name), media_type=FILES[name], headers={"Cache-Control": f"private, {age}"})
