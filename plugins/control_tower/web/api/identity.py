"""`/identity` and `/unmatched`: runs of the jobs, starting them, and records without a person."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Response
from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from control_tower.web.api.lists import list_routes, sort_field
from control_tower.web.api_errors import Problem
from control_tower.web.dag_runs import DagRunsDep
from control_tower.web.models.identity import (
    Freshness,
    Started,
)
from control_tower.web.params import Day, ListQuery, Number, SourceTable, Strict, Text
from control_tower.web.permissions import readers_router, starts
from control_tower.web.queries import identity as ask
from control_tower.web.queries.runs import LINKS, RUNS

router = readers_router("identity_ingestion", tags=["identity"])

_BUSY: dict[int | str, dict[str, Any]] = {409: {"model": Problem}, 423: {"model": Problem}}


class RunQuery(ListQuery):
    """Which runs."""

    job_type: Literal["identity_run", "scout_attribution_refresh", "drivers_index_refresh"] | None = None
    status: Literal["RUNNING", "COMPLETED", "FAILED"] | None = None
    day: date | None = Field(None, description="Runs that began on this local day.")
    sort: str | None = sort_field(RUNS)


class LinksQuery(ListQuery):
    """Which links."""

    run_id: Number | None = Field(None, description="Links that this run made and nobody has changed since.")
    match_rule: Text | None = None
    source_table: SourceTable | Literal["drivers"] | None = None
    sort: str | None = sort_field(LINKS)


class UnmatchedQuery(ListQuery):
    """Which records without a person."""

    source_table: SourceTable | None = None
    reason_code: Text | None = Field(None, description="MISSING_KEYS, NO_CANDIDATES, MULTIPLE_CANDIDATES, …")
    status: Literal["OPEN", "IGNORED", "RESOLVED"] | None = Field(
        "OPEN", description="OPEN unless another is named: IGNORED was set aside by a human, RESOLVED is linked now."
    )
    run_id: Number | None = Field(None, description="Records that this run evaluated last.")
    sort: str | None = sort_field(ask.UNMATCHED)


class ContestedQuery(ListQuery):
    """Which contested records."""

    source_table: SourceTable | Literal["drivers"] | None = None
    reason_code: Text | None = None
    sort: str | None = sort_field(ask.CONTESTED)


class CalibrationQuery(ListQuery):
    """In which order."""

    sort: str | None = sort_field(ask.CALIBRATION)


class FreshnessQuery(Strict):
    """What is fresh."""

    max_age_hours: float = Field(24, gt=0, le=8760, allow_inf_nan=False, description="Older than that is not fresh.")


class IngestionParameters(Strict):
    """The parameters of the DAG identity_ingestion; all are optional."""

    scope_date_from: Day | None = Field(None, description="First event date.")
    scope_date_to: Day | None = Field(None, description="Last event date.")
    source_tables: list[SourceTable] | None = Field(None, max_length=3, description="Sources to read; all when empty.")
    incremental: StrictBool = Field(True, description="False: evaluate every record again.")
    refresh_index: StrictBool = Field(True, description="False: do not read new or changed drivers.")

    @model_validator(mode="after")
    def _is_a_period(self) -> IngestionParameters:
        if self.scope_date_from and self.scope_date_to and self.scope_date_to < self.scope_date_from:
            raise PydanticCustomError("period_order", "scope_date_to is before scope_date_from")
        return self


list_routes(router, "/identity/runs", RUNS, RunQuery, "Runs")
list_routes(router, "/identity/links", LINKS, LinksQuery, "LinksPage")
list_routes(router, "/identity/contested", ask.CONTESTED, ContestedQuery, "ContestedPage")
list_routes(router, "/identity/calibration", ask.CALIBRATION, CalibrationQuery, "CalibrationPage")
list_routes(router, "/unmatched", ask.UNMATCHED, UnmatchedQuery, "UnmatchedPage")


@router.post("/identity/run", status_code=202, dependencies=[Depends(starts("identity_ingestion"))], responses=_BUSY)
async def run(dag_runs: DagRunsDep, parameters: IngestionParameters | None = None) -> Started:
    """Start an ingestion, as you; 409 while one is at work or queued, 423 while the DAG is paused."""
    conf = (parameters or IngestionParameters()).model_dump(mode="json")
    return await dag_runs.run_job("identity_ingestion", conf)


@router.post(
    "/identity/ensure-fresh",
    dependencies=[Depends(starts("identity_ingestion"))],
    responses={202: {"model": Freshness, "description": "A run was started."}, **_BUSY},
)
async def ensure_fresh(
    dag_runs: DagRunsDep,
    response: Response,
    query: Annotated[FreshnessQuery, Query()],
) -> Freshness:
    """Start an incremental ingestion if the last COMPLETED one is too old; for a cron job, as often as it likes."""
    result = await dag_runs.ensure_fresh("identity_ingestion", query.max_age_hours)
    response.status_code = 202 if result.run else 200
    return result
