"""`/health`: is it all right, for people and monitors; sources and checks behind the answer."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import Response

from control_tower.web.api.lists import list_routes, sort_field
from control_tower.web.api_errors import Problem
from control_tower.web.models.health import Health
from control_tower.web.params import ListQuery
from control_tower.web.permissions import CurrentUserDep, readers_router
from control_tower.web.pool import connection_pools
from control_tower.web.queries import health as ask

router = readers_router("pipeline_health", prefix="/health", tags=["health"])

Severity = Literal["OK", "YELLOW", "RED", "UNKNOWN"]

_RED: dict[int | str, dict[str, Any]] = {
    503: {"model": Health | Problem, "description": "Something is RED, or the database does not answer."}
}


class SourceQuery(ListQuery):
    """Which sources."""

    severity: Severity | None = None
    sort: str | None = sort_field(ask.SOURCES)


class CheckQuery(ListQuery):
    """Which checks."""

    severity: Severity | None = None
    sort: str | None = sort_field(ask.CHECKS)


@router.head("", include_in_schema=False)
@router.get("", responses=_RED)
def health(current_user: CurrentUserDep, response: Response) -> Health:
    """Is it all right? 503 when something is RED, else 200; right also while Airflow's scheduler is down.

    A monitor may come with the token of CONTROL_TOWER_MONITOR_TOKEN.
    """
    with connection_pools().reading() as connection:
        found = ask.health(connection, current_user)
    response.status_code = 503 if found.status == "RED" else 200
    return found


list_routes(router, "/sources", ask.SOURCES, SourceQuery, "Sources")
list_routes(router, "/checks", ask.CHECKS, CheckQuery, "Checks")
