"""Human decisions, each written at once or by the run of a DAG, as the user who decides, with their reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool

from control_tower import decisions, weights
from control_tower.decisions import Author
from control_tower.errors import DecisionRefused
from control_tower.web.api_errors import Problem
from control_tower.web.dag_runs import DagRuns, DagRunsDep
from control_tower.web.decision_writer import (
    CANNOT_NOW,
    DecisionDag,
    PersonsLater,
    as_decided,
    decide,
    refuse,
    write,
)
from control_tower.web.language import language_of
from control_tower.web.models.identity import Started
from control_tower.web.models.review import Decided
from control_tower.web.params import PersonKey, Reason, SourceTable, Strict, StrictNumber, Text
from control_tower.web.permissions import CurrentUser, CurrentUserDep, starts

router = APIRouter(tags=["decisions"])

_REFUSALS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "There is no such person, record or decision."},
    409: {
        "model": Problem,
        "description": "The record is linked and nothing speaks against it, or a later decision does.",
    },
    423: {"model": Problem, "description": "The DAG is paused."},
}


_WRITTEN: dict[int | str, dict[str, Any]] = {
    **_REFUSALS,
    202: {
        "model": Started,
        "description": "A run is active, or a lock is held: the run of a DAG that waits writes it.",
    },
    409: {
        "model": Problem,
        "description": "Somebody else decided, the case changed, or nothing speaks against a link.",
    },
}

CaseVersion = Annotated[
    Text | None, Field(description="The case's version that was shown (`/review`); another one is refused.")
]


class ScoutDecision(Strict):
    """Who brought the person: exactly one of scout_id, nobody and undo_decision."""

    scout_id: StrictNumber | None = Field(None, description="This scout brought the person.")
    nobody: StrictBool = Field(False, description="No scout brought the person, and none is paid.")
    undo_decision: StrictNumber | None = Field(
        None, description="Take the newest decision on the person's scout back: its number."
    )
    case_version: CaseVersion = None
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
    case_version: CaseVersion = None
    reason: Reason

    @model_validator(mode="after")
    def _is_one_choice(self) -> RecordDecision:
        choices = (self.person_key, self.driver_id, self.undo_decision)
        if sum(choice is not None for choice in choices) + self.ignore != 1:
            raise PydanticCustomError(
                "one_record_choice", "give exactly one of person_key, driver_id, ignore and undo_decision"
            )
        return self


class PaymentDecision(Strict):
    """What a payment without a claim paid for, as the reason says; or, with undo_decision, that this is open again."""

    payment_key: Text = Field(description="The payment, as `GET /yango/cabinet/payments-without-claim` names it.")
    undo_decision: StrictNumber | None = Field(
        None, description="Take the newest decision on the payment back: its number."
    )
    case_version: CaseVersion = None
    reason: Reason


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
    except CANNOT_NOW:
        return
    except DecisionRefused as error:
        refuse(error)


@router.post(
    "/scouts/attribution/conflicts/{person_key}/resolve",
    dependencies=[Depends(starts("resolve_scout_conflict"))],
    responses=_WRITTEN,
)
async def resolve_scout_conflict(
    request: Request,
    response: Response,
    current_user: CurrentUserDep,
    dag_runs: DagRunsDep,
    persons: PersonsLater,
    person_key: PersonKey,
    decision: ScoutDecision,
) -> Decided | Started:
    """Decide who brought a person."""
    asked = {"person_key": str(person_key), **decision.model_dump(exclude_defaults=True)}
    return await _decided(request, response, current_user, dag_runs, persons, "resolve_scout_conflict", asked)


@router.post("/unmatched/resolve", dependencies=[Depends(starts("resolve_unmatched_lead"))], responses=_WRITTEN)
async def resolve_unmatched_lead(
    request: Request,
    response: Response,
    current_user: CurrentUserDep,
    dag_runs: DagRunsDep,
    persons: PersonsLater,
    decision: RecordDecision,
) -> Decided | Started:
    """Decide which person a record is."""
    asked = decision.model_dump(mode="json", exclude_defaults=True)
    return await _decided(request, response, current_user, dag_runs, persons, "resolve_unmatched_lead", asked)


@router.post(
    "/yango/cabinet/payments-without-claim/explain",
    dependencies=[Depends(starts("resolve_scout_conflict"))],
    responses={**_REFUSALS, 409: {"model": Problem, "description": "A run is at work, or somebody else decided."}},
)
def explain_payment(request: Request, current_user: CurrentUserDep, decision: PaymentDecision) -> Decided:
    """Explain a payment that belongs to no claim. It is written at once or not at all: no DAG takes it over."""
    try:
        written = write("explain_payment", decision.model_dump(exclude_defaults=True), current_user, set())
    except DecisionRefused as error:
        refuse(error)
    return as_decided(written, current_user, language_of(request))


async def _decided(
    request: Request,
    response: Response,
    current_user: CurrentUser,
    dag_runs: DagRuns,
    persons: set[str],
    dag_id: DecisionDag,
    asked: dict[str, Any],
) -> Decided | Started:
    """What was written; or, with status 202, the run that writes it."""
    done = await decide(dag_runs, dag_id, asked, current_user, persons)
    if isinstance(done, Started):
        response.status_code = 202
        return done
    return await run_in_threadpool(as_decided, done, current_user, language_of(request))


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
