"""Human decisions: each starts the DAG that carries it out, as the user who decides, with their reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.concurrency import run_in_threadpool

from control_tower.web.api_errors import ApiError, Problem
from control_tower.web.dag_runs import DagRunsDep
from control_tower.web.models.identity import Started
from control_tower.web.params import Number, PersonKey, Reason, SourceTable, Text
from control_tower.web.permissions import starts
from control_tower.web.pool import connection_pools
from control_tower.web.queries.identity import Known, known

router = APIRouter(tags=["decisions"])

_REFUSALS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "There is no such person or record."},
    409: {"model": Problem, "description": "The record is linked, and nothing speaks against it."},
    423: {"model": Problem, "description": "The DAG is paused."},
}


class ScoutDecision(BaseModel):
    """Who brought the person."""

    model_config = ConfigDict(extra="forbid")

    scout_id: Number | None = Field(description="The scout; null: nobody brought this person.")
    reason: Reason


class RecordDecision(BaseModel):
    """Who a record is: exactly one of person_key, driver_id and ignore."""

    model_config = ConfigDict(extra="forbid")

    source_table: SourceTable
    source_pk: Text
    person_key: UUID | None = Field(None, description="It is this person.")
    driver_id: Text | None = Field(None, description="It is this driver; all accounts of that driver are linked.")
    ignore: bool = Field(False, description="It is nobody; no machine looks at it again.")
    replace_link: bool = Field(False, description="Also change a link that nothing speaks against.")
    reason: Reason

    @model_validator(mode="after")
    def _is_one_choice(self) -> RecordDecision:
        if (self.person_key is not None) + (self.driver_id is not None) + self.ignore != 1:
            raise ValueError("give exactly one of person_key, driver_id and ignore")
        return self


async def _known(**asked: Any) -> Known:
    def ask() -> Known:
        with connection_pools().reading() as connection:
            return known(connection, **asked)

    return await run_in_threadpool(ask)


@router.post(
    "/scouts/attribution/conflicts/{person_key}/resolve",
    status_code=202,
    dependencies=[Depends(starts("resolve_scout_conflict"))],
    responses=_REFUSALS,
)
async def resolve_scout_conflict(dag_runs: DagRunsDep, person_key: PersonKey, decision: ScoutDecision) -> Started:
    """Decide who brought a person; the run that is started writes it."""
    found = await _known(person_key=person_key, scout_id=decision.scout_id)
    if not found.has_person:
        raise ApiError("UNKNOWN_PERSON")
    if decision.scout_id is not None and not found.has_scout:
        raise ApiError("UNKNOWN_SCOUT")
    return await dag_runs.start(
        "resolve_scout_conflict",
        {"person_key": str(person_key), "scout_id": decision.scout_id, "reason": decision.reason},
    )


@router.post(
    "/unmatched/resolve",
    status_code=202,
    dependencies=[Depends(starts("resolve_unmatched_lead"))],
    responses=_REFUSALS,
)
async def resolve_unmatched_lead(dag_runs: DagRunsDep, decision: RecordDecision) -> Started:
    """Decide which person a record is; the run that is started writes it."""
    found = await _known(**decision.model_dump(include={"source_table", "source_pk", "person_key", "driver_id"}))
    if not found.has_record:
        raise ApiError("UNKNOWN_RECORD")
    if decision.person_key is not None and not found.has_person:
        raise ApiError("UNKNOWN_PERSON")
    if decision.driver_id is not None and not found.has_driver:
        raise ApiError("UNKNOWN_DRIVER")
    if found.has_standing_link and not decision.replace_link:
        raise ApiError("LINK_STANDS")
    return await dag_runs.start("resolve_unmatched_lead", decision.model_dump(mode="json"))
