"""Bodies of `/review` and of the routes that write a decision."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from control_tower.web.models.amounts import Json
from control_tower.web.models.identity import Started

CaseKind = Literal["CONFLICT", "UNMATCHED", "CONTESTED", "REPLACED", "UNEXPLAINED_PAYMENT"]


class Undo(BaseModel):
    """How a decision is taken back: POST the body, with a reason, to the path below the API."""

    path: str
    body: dict[str, str | int]


class Decided(BaseModel):
    """A decision that is written."""

    decision_id: int | None = Field(description="Its number; null: a dry run, nothing is written.")
    kind: str
    person_key: UUID | None
    source_table: str | None
    source_pk: str | None
    what: str = Field(description="What it did, in the reader's language.")
    before: Json
    after: Json
    notes: list[str] = Field(description="What else the author should know, one sentence each, in English.")
    reason: str
    decided_by: str
    decided_at: datetime
    undo: Undo | None


class NewerDecision(BaseModel):
    """The newest decision on a case."""

    decision_id: int
    decided_by: str
    decided_at: datetime


class CaseOutcome(BaseModel):
    """What became of one case."""

    case_kind: CaseKind
    case_key: str
    outcome: Literal["DECIDED", "HANDED_OVER", "REFUSED", "CHANGED"] = Field(
        description="DECIDED: written (in a dry run: it would be). HANDED_OVER: a run is active or a lock is held, and "
        "the DAG writes it afterwards. REFUSED: see code. CHANGED: it is not the case that was shown; nothing written."
    )
    decision: Decided | None = None
    run: Started | None = Field(None, description="The DAG run that writes it.")
    code: str | None = Field(None, description="Why not, for programs, as in the bodies of errors.")
    detail: str | None = Field(None, description="Why not, in the reader's language.")
    next_action: str | None = None
    newer: NewerDecision | None = Field(None, description="Of a changed case: its newest decision, if there is one.")


class Outcomes(BaseModel):
    """What became of each case, in the order of the request."""

    dry_run: bool
    decided: int
    handed_over: int
    refused: int
    changed: int
    outcomes: list[CaseOutcome]


class Postponed(BaseModel):
    """A case that is put off."""

    case_kind: CaseKind
    case_key: str
    postponed_until: date | None = Field(description="The day on which it is offered again; null: it is offered now.")
    reason: str | None
    postponed_by: str | None
    postponed_at: datetime | None


class DayDecision(BaseModel):
    """A decision of a day."""

    decision_id: int
    kind: str
    person_key: UUID | None
    source_table: str | None
    source_pk: str | None
    decided_by: str
    decided_at: datetime
    what: str = Field(description="What it did, in the reader's language.")
    reason: str
    can_undo: bool = Field(description="It is the newest on its case, and the reader may decide.")
    undo: Undo | None


class DayDecisions(BaseModel):
    """What was decided on a day, the newest first."""

    day: date
    items: list[DayDecision]
    is_complete: bool = Field(description="False: there were more; these are the newest.")


class OpenCases(BaseModel):
    """Cases of one kind that wait for a human."""

    case_kind: CaseKind
    cases: int
    postponed: int = Field(description="Those of them that were put off to a later day.")


class Progress(BaseModel):
    """How far the day's work is. A case counts once; one that was undone does not count."""

    day: date
    decided_by_me: int
    decided_by_all: int
    open: int = Field(description="Cases that wait and are not put off.")
    postponed: int
    kinds: list[OpenCases]
