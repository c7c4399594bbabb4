"""Bodies about what single runs did: their links and audit rows, and the undo of one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from control_tower.web.models.amounts import Json
from control_tower.web.models.identity import Run


class RunDetail(Run):
    """One run, with the completed run of its job before it."""

    silent_seconds: float | None
    parameters: Json
    previous_run_id: int | None
    previous_started_at: datetime | None
    previous_summary: Json
    previous_duration_seconds: int | None


class RunStep(BaseModel):
    """A finished step of a run."""

    step: str
    started_at: datetime
    finished_at: datetime
    seconds: float
    rows_changed: int
    rows_before: int | None = Field(description="Rows of the same step in the run before.")


class Link(BaseModel):
    """A link of a record or a driver account to a person."""

    source_table: str
    source_pk: str
    person_key: UUID
    match_rule: str | None
    match_score: int | None
    confidence_level: str | None
    matched_driver_id: str | None
    match_probability: float | None
    linked_at: datetime | None
    run_id: int | None


class AuditRow(BaseModel):
    """A change that a run or a human made: what it is about, from what, to what."""

    audited: str = Field(description="identity_links, lead_events or lead_ledger.")
    audit_id: int
    person_key: UUID | None
    source_table: str | None
    source_pk: str | None
    action_type: str | None
    method: str | None
    confidence: str | None
    old_scout_id: int | None
    new_scout_id: int | None
    error_message: str | None
    notes: str | None
    run_id: int | None
    changed_at: datetime


class RevertedRow(BaseModel):
    """A row that an undo puts back, put back already, or leaves alone."""

    what: str
    source_table: str | None
    source_pk: str | None
    person_key: UUID | None
    outcome: str
    before: Json
    after: Json

    def scout(self, side: str) -> int | None:
        """The scout of this row before or after the undo."""
        state = getattr(self, side)
        found = state.get("scout_id", state.get("attributed_scout_id")) if isinstance(state, dict) else None
        return found if isinstance(found, int) else None


class RevertResult(BaseModel):
    """What an undo of a run did, or would do: rows by kind, and the first of them."""

    run_id: int
    dry_run: bool
    reverted: dict[str, int]
    left_alone: dict[str, int]
    already_reverted: dict[str, int]
    persons_removed: int
    rows: list[RevertedRow]
