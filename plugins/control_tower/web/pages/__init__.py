"""Pages for people, rendered here: one router per page, over the same queries as the API. Not part of the description.

A page shows what its reader may see by Airflow's rights, and a problem page where the reader may not.
"""

from __future__ import annotations

from importlib import import_module

from fastapi import APIRouter

PARTS = (
    "static",
    "progress",
    "health",
    "attribution",
    "conflicts",
    "backlog",
    "unmatched",
    "money",
    "statements",
    "persons",
)
"""The modules that bring a router, in the order in which addresses are compared."""

pages = APIRouter()
for part in PARTS:
    pages.include_router(import_module(f"{__name__}.{part}").router)
