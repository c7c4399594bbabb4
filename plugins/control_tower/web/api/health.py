"""`/health`: is it all right, for people and monitors; sources and checks behind the answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query, Response
from fastapi.responses import StreamingResponse

from control_tower.web.api.lists import CSV, export_of, page_of, sort_field
from control_tower.web.api_errors import Problem
from control_tower.web.models.health import Checks, Health, Sources
from control_tower.web.params import Filters, Paged
from control_tower.web.permissions import CurrentUserDep, ReadersRouter
from control_tower.web.pool import connection_pools
from control_tower.web.queries import health as ask

router = ReadersRouter("pipeline_health", prefix="/health", tags=["health"])

Severity = Literal["OK", "YELLOW", "RED", "UNKNOWN"]

_RED: dict[int | str, dict[str, Any]] = {
    503: {"model": Health | Problem, "description": "Something is RED, or the database does not answer."}
}


class SourceQuery(Filters):
    """Which sources."""

    severity: Severity | None = None
    sort: str | None = sort_field(ask.SOURCES)


class SourcePageQuery(SourceQuery, Paged):
    """Which page of the sources."""


class CheckQuery(Filters):
    """Which checks."""

    severity: Severity | None = None
    sort: str | None = sort_field(ask.CHECKS)


class CheckPageQuery(CheckQuery, Paged):
    """Which page of the checks."""


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


@router.get("/sources")
def sources(current_user: CurrentUserDep, query: Annotated[SourcePageQuery, Query()]) -> Sources:
    """Whether each source brings what it should, the worst first."""
    found = page_of(ask.SOURCES, current_user, query)
    return Sources(items=found.rows, pagination=found.pagination)


@router.get("/sources.csv", response_class=StreamingResponse, responses=CSV)
def sources_as_csv(current_user: CurrentUserDep, query: Annotated[SourceQuery, Query()]) -> StreamingResponse:
    """All of them as CSV."""
    return export_of(ask.SOURCES, current_user, query)


@router.get("/checks")
def checks(current_user: CurrentUserDep, query: Annotated[CheckPageQuery, Query()]) -> Checks:
    """The latest result of each check, the worst first."""
    found = page_of(ask.CHECKS, current_user, query)
    return Checks(items=found.rows, pagination=found.pagination)


@router.get("/checks.csv", response_class=StreamingResponse, responses=CSV)
def checks_as_csv(current_user: CurrentUserDep, query: Annotated[CheckQuery, Query()]) -> StreamingResponse:
    """All of them as CSV."""
    return export_of(ask.CHECKS, current_user, query)
