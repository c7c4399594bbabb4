"""Bodies of `/scouts/attribution`: the shapes that an existing front end reads."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from pydantic import BaseModel, Field

from control_tower.web.models.amounts import Amount, Json


class Backlog(BaseModel):
    """Persons without a scout in the ledger, per category."""

    a_events_without_scout: int
    d_scout_in_events_not_in_ledger: int
    c_legacy: int


class LastJob(BaseModel):
    """The newest run of the refresh; all empty before the first."""

    status: str | None
    ended_at: dt.datetime | None
    started_at: dt.datetime | None
    duration_seconds: int | None
    summary: Json
    error: str | None


class AttributedPerson(BaseModel):
    """A person with a scout in the ledger."""

    person_key: UUID
    scout_id: int
    attributed_source: str | None
    attribution_rule: str | None
    decision_status: str | None
    updated_at: dt.datetime | None


class Metrics(BaseModel):
    """The picture of this moment. total_persons = satisfactory + A + C + D, always."""

    total_persons: int
    persons_with_scout_satisfactory: int
    pct_scout_satisfactory: Amount | None = Field(description="Per cent, two decimals; null without persons.")
    persons_missing_scout: int
    conflicts_count: int
    backlog: Backlog
    last_job: LastJob
    snapshot_timestamp: dt.datetime = Field(description="When it was counted.")


class BySource(BaseModel):
    """Persons with a scout, by where it stands."""

    scouting_daily: int | None
    cabinet_leads: int | None
    lead_ledger: int | None


class Day(BaseModel):
    """One day at its last run; without a run all figures are null: a gap."""

    date: dt.date
    total_persons: int | None
    satisfactory_count: int | None
    pct_satisfactory: Amount | None
    missing_count: int | None
    conflicts_count: int | None
    by_source: BySource


class DailyMetrics(BaseModel):
    """The last days, oldest first."""

    daily_metrics: list[Day]


class Conflict(BaseModel):
    """A person whom several scouts claim, and for whom nobody has decided."""

    person_key: UUID
    distinct_scout_count: int
    scout_ids: list[int] | None = Field(description="Null: an older program saw a conflict that no event shows.")
    sources: list[str | None] | None
    origin_tags: list[str | None] | None
    first_event_date: dt.date | None
    last_event_date: dt.date | None
    total_sources: int
    ledger_scout_id: int | None
    since: dt.datetime
    age_days: int
    conflict_reason: str = Field(
        description="SEVERAL_SCOUTS; or the source took back a scout who was paid (SCOUT_CORRECTED_AFTER_PAYMENT, "
        "SCOUT_WITHDRAWN_AFTER_PAYMENT) or chosen by a human (SCOUT_CORRECTED_AFTER_DECISION)."
    )


class BacklogPerson(BaseModel):
    """A person without a scout in the ledger, in exactly one category."""

    person_key: UUID
    category: str = Field(description="A, C or D.")
    category_label: str
    scout_id: int | None
    source_tables: list[str | None] | None
    origin_tags: list[str | None] | None
    first_event_date: dt.date | None
    last_event_date: dt.date | None
    event_count: int


class LastRun(BaseModel):
    """The newest run of a job."""

    run_id: int
    status: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    duration_seconds: int | None
    summary: Json
    error: str | None


class JobStatus(BaseModel):
    """Status of the refresh."""

    last_run: LastRun | None
    status: str = Field(description="That of the last run: RUNNING, COMPLETED, FAILED; NEVER_RUN before the first.")
