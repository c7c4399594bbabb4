"""`/health`: is it all right, for people and monitors; sources and checks behind the answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from control_tower.sources import WATCHED_SOURCES
from control_tower.web.api.lists import CSV, list_routes, sort_field
from control_tower.web.api_errors import ApiError, Problem
from control_tower.web.csv_export import ExportQuery, csv_of
from control_tower.web.models.health import Health, SourceDay
from control_tower.web.params import ListQuery, Paged, Pagination, Text
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


class SourceDaysQuery(ListQuery):
    """The days of one source."""

    sort: str | None = sort_field(ask.SOURCE_DAYS)


class SourceDaysCsv(SourceDaysQuery, ExportQuery):
    """The days of one source, for a spreadsheet."""


class CheckChangesQuery(ListQuery):
    """Changes of which check."""

    check_name: Text | None = Field(None, description="Such as `source.drivers`.")
    sort: str | None = sort_field(ask.CHECK_CHANGES)


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


class SourceDaysPage(SourceDaysQuery, Paged):
    """A page of the days of one source."""


class SourceDays(BaseModel):
    """A page of the days of a source."""

    items: list[SourceDay]
    pagination: Pagination


_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "There is no such source."}}


def watched(source_name: Annotated[str, Path(max_length=100)]) -> dict[str, Any]:
    """The filter of the list by its address.

    Raises:
        ApiError: UNKNOWN_SOURCE.
    """
    if source_name not in WATCHED_SOURCES:
        raise ApiError("UNKNOWN_SOURCE")
    return {"source_name": source_name}


SourceFilter = Annotated[dict[str, Any], Depends(watched)]


@router.get("/sources/{source_name}/days", description=ask.SOURCE_DAYS.description, responses=_UNKNOWN)
def source_days(
    current_user: CurrentUserDep, source: SourceFilter, query: Annotated[SourceDaysPage, Query()]
) -> SourceDays:
    """The days of a source."""
    with connection_pools().reading() as connection:
        found = ask.SOURCE_DAYS.page(
            connection, current_user, source, page=query.page, page_size=query.page_size, order=query.sort
        )
    return SourceDays(items=found.rows, pagination=found.pagination)


@router.get(
    "/sources/{source_name}/days.csv",
    description="All of them as CSV.",
    response_class=StreamingResponse,
    responses={**CSV, **_UNKNOWN},
)
def source_days_as_csv(
    request: Request, current_user: CurrentUserDep, source: SourceFilter, query: Annotated[SourceDaysCsv, Query()]
) -> StreamingResponse:
    """The days of a source as CSV."""
    return csv_of(request, ask.SOURCE_DAYS, current_user, source, query)


list_routes(router, "/check-changes", ask.CHECK_CHANGES, CheckChangesQuery, "CheckChanges")
