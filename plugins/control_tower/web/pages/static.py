"""Files of the pages: style, script and icons, from this host and from nowhere else."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse

from control_tower.web.api_errors import ApiError

router = APIRouter(prefix="/static", include_in_schema=False)

FOLDER = Path(__file__).parents[1] / "static"
FILES = (
    "pages.css",
    "search.css",
    "theme.js",
    "language.js",
    "pages.js",
    "lists.css",
    "lists.js",
    "history.css",
    "search.js",
    "picker.js",
    "review.css",
    "review.js",
    "review_lists.js",
    "icon-light.svg",
    "icon-dark.svg",
)
"""A closed list: whatever else is put into the folder is not served."""


@cache
def version_of(name: str) -> str:
    """A hash of a file, so that browsers may keep it until it changes."""
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]


@router.get("/{name}")
def static(name: str, v: Annotated[str | None, Query(max_length=64)] = None) -> FileResponse:
    """A file of `FILES`; kept by the browser for long when its version is in the address."""
    if name not in FILES:
        raise ApiError("NOT_FOUND")
    age = "max-age=31536000, immutable" if v == version_of(name) else "max-age=300"
    return FileResponse(FOLDER / name, headers={"Cache-Control": f"private, {age}"})
