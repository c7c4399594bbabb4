"""`/scouts/attribution`: how well persons are attributed to scouts, what is open, and running the refresh."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from control_tower.web.api.lists import CSV, export_of, page_of, sort_field
from control_tower.web.api_errors import Problem
from control_tower.web.dag_runs import DagRunsDep
from control_tower.web.models.attribution import BacklogPage, Conflicts, DailyMetrics, JobStatus, Metrics
from control_tower.web.models.identity import Started
from control_tower.web.params import Filters, Number, Paged
from control_tower.web.permissions import CurrentUserDep, ReadersRouter, starts
from control_tower.web.pool import connection_pools
from control_tower.web.queries import attribution as ask

router = ReadersRouter("scout_attribution_refresh", prefix="/scouts/attribution", tags=["scouts"])


class DaysQuery(Filters):
    """How far back."""

    days: int = Field(30, ge=1, le=31, description="So many days, today included.")


class ConflictQuery(Filters):
    """Which conflicts."""

    scout_id: Number | None = Field(None, description="Conflicts in which this scout claims the person.")
    min_age_days: Number | None = Field(None, description="Open for so many whole days at least.")
    sort: str | None = sort_field(ask.CONFLICTS)


class ConflictPageQuery(ConflictQuery, Paged):
    """Which page of the conflicts."""


class BacklogQuery(Filters):
    """Which persons of the backlog."""

    category: Literal["A", "C", "D"] | None = Field(
        None, description="A: events, none with a scout. C: no events. D: a scout in the events, not in the ledger."
    )
    scout_id: Number | None = Field(None, description="Persons whose events name this scout alone.")
    sort: str | None = sort_field(ask.BACKLOG)


class BacklogPageQuery(BacklogQuery, Paged):
    """Which page of the backlog."""


@router.get("/metrics")
def metrics() -> Metrics:
    """The picture of this moment."""
    with connection_pools().reading() as connection:
        return ask.metrics(connection)


@router.get("/metrics/daily")
def daily_metrics(query: Annotated[DaysQuery, Query()]) -> DailyMetrics:
    """What each of the last days looked like at its last run, oldest first; a day without a run has no figures."""
    with connection_pools().reading() as connection:
        return ask.daily_metrics(connection, query.days)


@router.get("/conflicts")
def conflicts(current_user: CurrentUserDep, query: Annotated[ConflictPageQuery, Query()]) -> Conflicts:
    """Persons whom several scouts claim and for whom nobody has decided."""
    found = page_of(ask.CONFLICTS, current_user, query)
    return Conflicts(conflicts=found.rows, pagination=found.pagination)


@router.get("/conflicts.csv", response_class=StreamingResponse, responses=CSV)
def conflicts_as_csv(current_user: CurrentUserDep, query: Annotated[ConflictQuery, Query()]) -> StreamingResponse:
    """All of them as CSV."""
    return export_of(ask.CONFLICTS, current_user, query)


@router.get("/backlog")
def backlog(current_user: CurrentUserDep, query: Annotated[BacklogPageQuery, Query()]) -> BacklogPage:
    """Persons without a scout in the ledger."""
    found = page_of(ask.BACKLOG, current_user, query)
    return BacklogPage(backlog=found.rows, pagination=found.pagination)


@router.get("/backlog.csv", response_class=StreamingResponse, responses=CSV)
def backlog_as_csv(current_user: CurrentUserDep, query: Annotated[BacklogQuery, Query()]) -> StreamingResponse:
    """All of them as CSV."""
    return export_of(ask.BACKLOG, current_user, query)


@router.get("/job-status")
def job_status() -> JobStatus:
    """The newest run of the refresh."""
    with connection_pools().reading() as connection:
        return ask.job_status(connection, "scout_attribution_refresh")


@router.post(
    "/run-now",
    status_code=202,
    dependencies=[Depends(starts("scout_attribution_refresh"))],
    responses={409: {"model": Problem}, 423: {"model": Problem}},
)
async def run_now(dag_runs: DagRunsDep) -> Started:
    """Start a refresh, as you; 409 while one is at work or queued, 423 while the DAG is paused."""
    return await dag_runs.run_job("scout_attribution_refresh")
