"""JSON below `/control-tower/api/v1`: typed signatures over one query each."""

from __future__ import annotations

from typing import Any

from airflow.api_fastapi.core_api.security import bearer_scheme
from fastapi import APIRouter, Security

from control_tower.web.api import (
    alerts,
    attribution,
    decisions,
    health,
    identity,
    money,
    persons,
    rehearsals,
    review,
    runs,
    scouts,
    search,
    statements,
)
from control_tower.web.api_errors import Problem

_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The body cannot be read."},
    401: {"model": Problem, "description": "Nobody is logged in."},
    403: {"model": Problem, "description": "Airflow or the visitor's role does not allow it."},
    422: {"model": Problem, "description": "The request cannot be used; nothing was written."},
    500: {"model": Problem, "description": "Something failed; the error_id leads to the log."},
    503: {"model": Problem, "description": "The database does not answer, is too busy, or lacks something."},
}

# `AuthMiddleware` checks the login; here it is for the description.
api = APIRouter(prefix="/api/v1", responses=_REFUSALS, dependencies=[Security(bearer_scheme)])
# `/scouts/{scout_id}` comes behind all other addresses below `/scouts`.
for part in (
    *(attribution, money, statements, identity, persons, search, decisions, review, rehearsals, runs, health, alerts),
    scouts,
):
    api.include_router(part.router)
