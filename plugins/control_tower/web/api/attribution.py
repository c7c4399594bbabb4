"""`/scouts/attribution`: how well persons are attributed to scouts, what is open, and running the refresh."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Query
from pydantic import Field

from control_tower.web.api.lists import list_routes, sort_field
from control_tower.web.api_errors import Problem
from control_tower.web.dag_runs import DagRunsDep
from control_tower.web.models.attribution import (
    DailyMetrics,
    JobStatus,
    Metrics,
)
from control_tower.web.models.identity import Started
from control_tower.web.params import ListQuery, Number, Strict, Text
from control_tower.web.permissions import readers_router, starts
from control_tower.web.pool import connection_pools
from control_tower.web.queries import attribution as ask

router = readers_router("scout_attribution_refresh", prefix="/scouts/attribution", tags=["scouts"])


class DaysQuery(Strict):
    """How far back."""

    days: int = Field(30, ge=1, le=31, description="So many days, today included.")


class ConflictQuery(ListQuery):
    """Which conflicts."""

    scout_id: Number | None = Field(None, description="Conflicts in which this scout claims the person.")
    min_age_days: Number | None = Field(None, description="Open for so many whole days at least.")
    sort: str | None = sort_field(ask.CONFLICTS)


class BacklogQuery(ListQuery):
    """Which persons of the backlog."""

    category: Literal["A", "C", "D"] | None = Field(
        None, description="A: events, none with a scout. C: no events. D: a scout in the events, not in the ledger."
    )
    scout_id: Number | None = Field(None, description="Persons whose events name this scout alone.")
    sort: str | None = sort_field(ask.BACKLOG)


class AttributedQuery(ListQuery):
    """Which persons with a scout."""

    scout_id: Number | None = None
    attribution_rule: Text | None = None
    sort: str | None = sort_field(ask.ATTRIBUTED)


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


list_routes(router, "/conflicts", ask.CONFLICTS, ConflictQuery, "Conflicts", items="conflicts")
list_routes(router, "/attributed", ask.ATTRIBUTED, AttributedQuery, "AttributedPage")
list_routes(router, "/backlog", ask.BACKLOG, BacklogQuery, "BacklogPage", items="backlog")


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
