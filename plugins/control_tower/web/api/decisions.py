"""Human decisions: each starts the DAG that carries it out, as the user who decides, with their reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool

from control_tower import decisions, weights
from control_tower.decisions import Author
from control_tower.errors import DatabaseBusy, DecisionRefused, PermissionMissing, RunAlreadyActive
from control_tower.web.api_errors import ApiError, Fault, Problem, code_of
from control_tower.web.dag_runs import DagRunsDep
from control_tower.web.models.identity import Started
from control_tower.web.params import PersonKey, Reason, SourceTable, Strict, StrictNumber, Text
from control_tower.web.permissions import CurrentUserDep, starts

router = APIRouter(tags=["decisions"])

_REFUSALS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "There is no such person, record or decision."},
    409: {
        "model": Problem,
        "description": "The record is linked and nothing speaks against it, or a later decision does.",
    },
    423: {"model": Problem, "description": "The DAG is paused."},
}


class ScoutDecision(Strict):
    """Who brought the person: exactly one of scout_id, nobody and undo_decision."""

    scout_id: StrictNumber | None = Field(None, description="This scout brought the person.")
    nobody: StrictBool = Field(False, description="No scout brought the person, and none is paid.")
    undo_decision: StrictNumber | None = Field(
        None, description="Take the newest decision on the person's scout back: its number."
    )
    reason: Reason

    @model_validator(mode="after")
    def _is_one_choice(self) -> ScoutDecision:
        if (self.scout_id is not None) + self.nobody + (self.undo_decision is not None) != 1:
            raise PydanticCustomError("one_scout_choice", "give exactly one of scout_id, nobody and undo_decision")
        return self


class RecordDecision(Strict):
    """Who a record is: exactly one of person_key, driver_id, ignore and undo_decision."""

    source_table: SourceTable
    source_pk: Text
    person_key: UUID | None = Field(None, description="It is this person.")
    driver_id: Text | None = Field(None, description="It is this driver; all accounts of that driver are linked.")
    ignore: StrictBool = Field(False, description="It is nobody; no machine looks at it again.")
    replace_link: StrictBool = Field(False, description="Also change a link that nothing speaks against.")
    undo_decision: StrictNumber | None = Field(
        None, description="Take the newest decision on the record back: its number."
    )
    reason: Reason

    @model_validator(mode="after")
    def _is_one_choice(self) -> RecordDecision:
        choices = (self.person_key, self.driver_id, self.undo_decision)
        if sum(choice is not None for choice in choices) + self.ignore != 1:
            raise PydanticCustomError(
                "one_record_choice", "give exactly one of person_key, driver_id, ignore and undo_decision"
            )
        return self


class SplitDecision(Strict):
    """Two persons that were merged are two."""

    dry_run: StrictBool = Field(True, description="Show what returns where and write nothing.")
    reason: Reason


class WeightsDecision(Strict):
    """How much each kind of evidence weighs: as this fleet's own data say, or as shipped."""

    restore_shipped: StrictBool = Field(False, description="Estimate nothing, return to the shipped weights.")
    dry_run: StrictBool = Field(True, description="Show what would change and write nothing.")
    reason: Reason


async def _refuse_what_cannot_be(decide: Callable[..., Any], **decision: Any) -> None:
    """Take the decision and roll it back, so that a refusal is an answer and not a failed DAG run.

    While a run is active or a lock is held the decision cannot be tried; its DAG run waits for that. Nor can it be
    where the web's database user may only read.

    Raises:
        ApiError: INVALID.
        DecisionRefused: for a reason that has a code of its own.
    """
    try:
        await run_in_threadpool(decide, **{**decision, "dry_run": True})
    except (RunAlreadyActive, DatabaseBusy, PermissionMissing):
        return
    except DecisionRefused as error:
        if code_of(error) != "UNEXPECTED":
            raise
        raise ApiError("INVALID", fields=[Fault(field="body", problem=error.problem)]) from error


@router.post(
    "/scouts/attribution/conflicts/{person_key}/resolve",
    status_code=202,
    dependencies=[Depends(starts("resolve_scout_conflict"))],
    responses=_REFUSALS,
)
async def resolve_scout_conflict(
    current_user: CurrentUserDep, dag_runs: DagRunsDep, person_key: PersonKey, decision: ScoutDecision
) -> Started:
    """Decide who brought a person; the run that is started writes it."""
    asked = {"person_key": str(person_key), **decision.model_dump(exclude_defaults=True)}
    await _refuse_what_cannot_be(decisions.resolve_scout_conflict, **asked, author=Author(current_user.name))
    return await dag_runs.start("resolve_scout_conflict", asked)


@router.post(
    "/unmatched/resolve",
    status_code=202,
    dependencies=[Depends(starts("resolve_unmatched_lead"))],
    responses=_REFUSALS,
)
async def resolve_unmatched_lead(
    current_user: CurrentUserDep, dag_runs: DagRunsDep, decision: RecordDecision
) -> Started:
    """Decide which person a record is; the run that is started writes it."""
    asked = decision.model_dump(mode="json", exclude_defaults=True)
    await _refuse_what_cannot_be(decisions.resolve_unmatched_lead, **asked, author=Author(current_user.name))
    return await dag_runs.start("resolve_unmatched_lead", asked)


@router.post(
    "/persons/{person_key}/split",
    status_code=202,
    dependencies=[Depends(starts("split_merged_person"))],
    responses=_REFUSALS,
)
async def split_merged_person(
    current_user: CurrentUserDep, dag_runs: DagRunsDep, person_key: PersonKey, decision: SplitDecision
) -> Started:
    """Undo the merge of a person; the run that is started writes it, or shows it if it is a dry run."""
    asked = {"person_key": str(person_key), **decision.model_dump()}
    await _refuse_what_cannot_be(decisions.split_merged_person, **asked, author=Author(current_user.name))
    return await dag_runs.start("split_merged_person", asked)


@router.post(
    "/identity/weights/estimate",
    status_code=202,
    dependencies=[Depends(starts("estimate_weights"))],
    responses=_REFUSALS,
)
async def estimate_weights(current_user: CurrentUserDep, dag_runs: DagRunsDep, decision: WeightsDecision) -> Started:
    """Estimate the weights of evidence; the run that is started shows what they change, and writes them if asked to."""
    asked = decision.model_dump()
    await _refuse_what_cannot_be(weights.check_estimate, **asked, author=Author(current_user.name))
    return await dag_runs.start("estimate_weights", asked)
