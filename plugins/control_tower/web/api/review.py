"""`/review`: cases that wait for a human, decided one or many at a time, put off, undone, and how far the work is."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool

from control_tower.decisions import lift_postponement, postpone_case
from control_tower.decisions.postponements import LONGEST_DAYS, today
from control_tower.errors import (
    CaseChanged,
    DatabaseError,
    DecisionRefused,
    PermissionMissing,
    PostponementInvalid,
)
from control_tower.i18n.catalogue import Language, capitalised, catalogue
from control_tower.operators import shared_session
from control_tower.web.api_errors import ApiError, Problem, code_of, fault_text, refusal, texts_of, values_of
from control_tower.web.dag_runs import DagRuns, DagRunsDep
from control_tower.web.decision_writer import (
    CANNOT_NOW,
    RIGHTS,
    DecisionKind,
    PersonsLater,
    as_decided,
    follow,
    scouts_named_in_states,
    undo_of,
    write,
)
from control_tower.web.explain import Explainer
from control_tower.web.language import language_of
from control_tower.web.listing import ttl_cache
from control_tower.web.models.review import (
    CaseKind,
    CaseOutcome,
    DayDecision,
    DayDecisions,
    Decided,
    NewerDecision,
    Outcomes,
    Postponed,
    Progress,
)
from control_tower.web.params import Day, Reason, Strict, StrictNumber, Text
from control_tower.web.permissions import CurrentUser, CurrentUserDep, readers_router, starts
from control_tower.web.pool import connection_pools
from control_tower.web.queries import pages as ask_pages
from control_tower.web.queries import review as ask

router = readers_router("identity_ingestion", prefix="/review", tags=["review"])

MOST_CASES = 100
"""Cases that one request decides."""

_BLOCKED = ("RUN_AT_WORK", "DATABASE_BUSY")
"""Why one case is refused and with it those after it: to try them would only take time."""

_MAY_DECIDE = [Depends(starts("resolve_scout_conflict", "resolve_unmatched_lead"))]


class Choice(Strict):
    """The decision, exactly one field that the kind of case has: of a conflict, of a record, or of a payment."""

    scout_id: StrictNumber | None = Field(None, description="This scout brought the person.")
    nobody: StrictBool = Field(False, description="No scout brought the person, and none is paid.")
    person_key: UUID | None = Field(None, description="The record is this person.")
    driver_id: Text | None = Field(None, description="The record is this driver; all accounts of theirs are linked.")
    ignore: StrictBool = Field(False, description="The record is nobody; no machine looks at it again.")
    explained: StrictBool = Field(False, description="The reason says what the payment paid for.")


_SCOUT, _RECORD = {"scout_id", "nobody"}, {"person_key", "driver_id", "ignore"}
_CHOICES: dict[CaseKind, set[str]] = {
    "CONFLICT": _SCOUT,
    "UNMATCHED": _RECORD,
    "CONTESTED": _RECORD,
    "REPLACED": _RECORD,
    "UNEXPLAINED_PAYMENT": {"explained"},
}


class Case(Strict):
    """A case and what is decided on it."""

    case_kind: CaseKind
    case_key: Text = Field(description="The person of a conflict; `source_table|source_pk` of a record; of a payment.")
    case_version: Text | None = Field(None, description="The version that was shown; another one is refused.")
    choice: Choice

    @model_validator(mode="after")
    def _is_one_choice_of_the_kind(self) -> Case:
        chosen = self.choice.model_dump(exclude_defaults=True)
        if len(chosen) != 1 or not chosen.keys() <= _CHOICES[self.case_kind]:
            raise PydanticCustomError("one_case_choice", "give exactly one choice, of those that this kind of case has")
        return self

    @property
    def kind(self) -> DecisionKind:
        """The kind of decision that it is."""
        if self.case_kind == "UNEXPLAINED_PAYMENT":
            return "explain_payment"
        return "resolve_scout_conflict" if self.case_kind == "CONFLICT" else "resolve_unmatched_lead"

    def asked(self, reason: str) -> dict[str, Any]:
        """The parameters of that decision; of one that a DAG writes, its configuration."""
        if self.case_kind == "UNEXPLAINED_PAYMENT":
            version = {} if self.case_version is None else {"case_version": self.case_version}
            return {"payment_key": self.case_key, **version, "reason": reason}
        if self.case_kind == "CONFLICT":
            subject = {"person_key": self.case_key}
        else:
            source_table, _, source_pk = self.case_key.partition("|")
            subject = {"source_table": source_table, "source_pk": source_pk}
        version = {} if self.case_version is None else {"case_version": self.case_version}
        return {**subject, **self.choice.model_dump(mode="json", exclude_defaults=True), **version, "reason": reason}


class Decisions(Strict):
    """One or many cases of one kind, decided for one reason."""

    decisions: list[Case] = Field(min_length=1, max_length=MOST_CASES)
    reason: Reason
    dry_run: StrictBool = Field(False, description="Say what each would do and write nothing.")

    @model_validator(mode="after")
    def _are_of_one_kind(self) -> Decisions:
        if len({case.case_kind for case in self.decisions}) > 1:
            raise PydanticCustomError("one_case_kind", "decide cases of one kind at a time")
        return self


class Postponement(Strict):
    """'Later': a case is put off until a day, or offered again."""

    case_kind: CaseKind
    case_key: Text
    until: Day | None = Field(description="The day on which it is offered again; null: at once.")
    reason: Reason | None = None


class DayQuery(Strict):
    """Which day; by default today, in the time zone of the settings."""

    day: Day | None = None


class DecisionsQuery(DayQuery):
    """Which decisions of a day."""

    by: Literal["me", "all"] = Field("all", description="Those of the reader, or of everybody.")
    limit: int = Field(200, ge=1, le=500, description="At most so many, the newest.")


@router.post("/decisions", dependencies=_MAY_DECIDE)
async def decide_cases(
    request: Request, current_user: CurrentUserDep, dag_runs: DagRunsDep, persons: PersonsLater, body: Decisions
) -> Outcomes:
    """Decide cases, each in a transaction of its own; what is refused stops no other.

    The money of their persons follows: of several cases together before the answer, of one case after it.

    If the database cannot be reached, the answer is 503 when nothing was decided yet; else what was decided is in the
    answer, and the rest is refused. While a run is at work one case is handed over to a DAG, several are refused.
    """
    if not current_user.may("POST", RIGHTS[body.decisions[0].kind]):
        raise ApiError("FORBIDDEN")
    language = language_of(request)
    outcomes: list[CaseOutcome] = []
    for case in body.decisions:
        if outcomes and outcomes[-1].code in _BLOCKED:
            outcomes.append(outcomes[-1].model_copy(update={"case_key": case.case_key}))
            continue
        try:
            outcome = await _outcome(case, body, current_user, dag_runs, persons, language)
        except DatabaseError as error:
            if not outcomes:
                raise
            outcome = _refused(case, code_of(error), language)
        outcomes.append(outcome)
    if len(body.decisions) > 1:
        await run_in_threadpool(follow, persons)
    counts = Counter(outcome.outcome for outcome in outcomes)
    return Outcomes(
        dry_run=body.dry_run,
        decided=counts["DECIDED"],
        handed_over=counts["HANDED_OVER"],
        refused=counts["REFUSED"],
        changed=counts["CHANGED"],
        outcomes=outcomes,
    )


async def _outcome(
    case: Case,
    body: Decisions,
    current_user: CurrentUser,
    dag_runs: DagRuns,
    persons: set[str],
    language: Language,
) -> CaseOutcome:
    """What became of one case."""
    asked = case.asked(body.reason)

    def decided() -> Decided:
        decision = write(case.kind, asked, current_user, persons, dry_run=body.dry_run)
        return as_decided(decision, current_user, language, is_dry_run=body.dry_run)

    subject: dict[str, Any] = {"case_kind": case.case_kind, "case_key": case.case_key}
    try:
        return CaseOutcome(**subject, outcome="DECIDED", decision=await run_in_threadpool(decided))
    except CANNOT_NOW as error:
        is_left_to_a_dag = len(body.decisions) == 1 or isinstance(error, PermissionMissing)
        if case.kind == "explain_payment" or not is_left_to_a_dag:
            return _refused(case, code_of(error), language, values=values_of(error))
        if body.dry_run:
            return CaseOutcome(**subject, outcome="HANDED_OVER")
    except CaseChanged as error:
        return _changed(case, error, language)
    except DecisionRefused as error:
        code = code_of(error)
        if code != "UNEXPECTED":
            return _refused(case, code, language)
        problem = fault_text(catalogue(language), type(error).__name__, {})
        return _refused(case, "INVALID", language, f"{capitalised(problem)}.")
    try:
        return CaseOutcome(**subject, outcome="HANDED_OVER", run=await dag_runs.start(case.kind, asked))
    except ApiError as refusal:
        return _refused(case, refusal.code, language, values=refusal.values)


def _changed(case: Case, error: CaseChanged, language: Language) -> CaseOutcome:
    """The outcome for a case that is not the one that was shown."""
    newer, code = None, "CASE_CHANGED"
    if error.decision_id is not None and error.decided_by is not None and error.decided_at is not None:
        newer = NewerDecision(decision_id=error.decision_id, decided_by=error.decided_by, decided_at=error.decided_at)
        code = "CASE_CHANGED" if error.is_open else "CASE_DECIDED"
    outcome = _refused(case, code, language, values={"who": error.decided_by, "when": error.decided_at})
    return outcome.model_copy(update={"outcome": "CHANGED", "newer": newer})


def _refused(
    case: Case, code: str, language: Language, detail: str | None = None, values: dict[str, Any] | None = None
) -> CaseOutcome:
    """The outcome for a case on which nothing was written."""
    said, next_action = texts_of(code, language, values)
    return CaseOutcome(
        case_kind=case.case_kind,
        case_key=case.case_key,
        outcome="REFUSED",
        code=code,
        detail=f"{said} {detail}" if detail else said,
        next_action=next_action,
    )


@router.post(
    "/postpone",
    dependencies=_MAY_DECIDE,
    responses={404: {"model": Problem, "description": "No such case waits for a decision."}},
)
def postpone(current_user: CurrentUserDep, body: Postponement) -> Postponed:
    """Put a case off until a day, at most 90 days from now, or offer it again at once. Nothing is decided."""
    offered = {"postponed_until": None, "reason": None, "postponed_by": None, "postponed_at": None}
    with connection_pools().deciding() as connection, shared_session(connection, ends_after_step=True):
        if body.until is None:
            lift_postponement(body.case_kind, body.case_key)
            done = {"case_kind": body.case_kind, "case_key": body.case_key, **offered}
        else:
            try:
                written = postpone_case(body.case_kind, body.case_key, body.until, body.reason, who=current_user.name)
            except PostponementInvalid as error:
                raise refusal(error, "body.until", days=LONGEST_DAYS) from error
            done = vars(written)
    ttl_cache.clear()  # it is no decision, by which kept counts would be known to be old
    return Postponed.model_validate(done)


@router.get("/decisions")
def decisions_of_day(
    request: Request, current_user: CurrentUserDep, query: Annotated[DecisionsQuery, Query()]
) -> DayDecisions:
    """What was decided on a day, by the reader or by everybody, the newest first, each with its undo."""
    return day_decisions(current_user, language_of(request), query.day or today(), query.by, query.limit)


def day_decisions(
    current_user: CurrentUser, language: Language, day: date, by: Literal["me", "all"], most: int
) -> DayDecisions:
    """What `GET /review/decisions` answers; for the page, too."""
    with connection_pools().reading() as connection:
        author = current_user.name if by == "me" else None
        rows = ask.decisions_of_day(connection, current_user, day, decided_by=author, most=most)
        scouts, _ = ask_pages.names(connection, current_user, scouts_named_in_states(row["after"] for row in rows), ())
    explain, may = Explainer(language), {kind: current_user.may("POST", dag_id) for kind, dag_id in RIGHTS.items()}
    items = []
    for row in rows[:most]:
        can_undo = row["can_undo"] and may[row["kind"]]
        undo = undo_of(row["id"], row["kind"], row["person_key"], row["source_table"], row["source_pk"])
        items.append(
            DayDecision(
                decision_id=row["id"],
                kind=row["kind"],
                person_key=row["person_key"],
                source_table=row["source_table"],
                source_pk=row["source_pk"],
                decided_by=row["decided_by"],
                decided_at=row["decided_at"],
                what=explain.decision(row["kind"], row["after"], scouts),
                reason=row["reason"],
                can_undo=can_undo,
                undo=undo if can_undo else None,
            )
        )
    return DayDecisions(day=day, items=items, is_complete=len(rows) <= most)


@router.get("/progress")
def progress(current_user: CurrentUserDep, query: Annotated[DayQuery, Query()]) -> Progress:
    """How many cases were decided on a day, by the reader and by all, and how many wait now."""
    with connection_pools().reading() as connection:
        return ask.progress(connection, current_user, query.day or today())
