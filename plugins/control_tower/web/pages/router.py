"""The router of all pages. Not part of the description."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute

from control_tower.web.pages.health_note import note_health

PARTS = (
    "static",
    "progress",
    "health",
    "runs",
    "sources",
    "checks",
    "runbook",
    "review",
    "attribution",
    "conflicts",
    "backlog",
    "unmatched",
    "money",
    "statements",
    "rehearsals",
    "persons",
    "search",
    "scouts",  # last: `/scouts/{scout_id}` would be any address below `/scouts`
)
"""The modules that bring a router, in the order in which addresses are compared."""

WITHOUT_NOTE = ("static", "progress", "runbook")
"""Modules whose answers are files and parts of pages, or that never wait for the warehouse."""

pages = APIRouter()
for part in PARTS:
    router: APIRouter = import_module(f"{__package__}.{part}").router
    if part not in WITHOUT_NOTE:
        for route in router.routes:
            # after the right to see the page: dependencies of `include_router` would come before it
            cast("APIRoute", route).dependencies.append(Depends(note_health))
    pages.include_router(router)
