"""Bodies of `/identity`, `/unmatched` and the searches."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from control_tower.web.models.amounts import Json


class Run(BaseModel):
    """One run of a job."""

    run_id: int
    job_type: str | None
    status: str
    started_at: datetime
    ended_at: datetime | None
    duration_seconds: int | None
    scope_date_from: date | None
    scope_date_to: date | None
    incremental: bool | None
    summary: Json
    error: str | None
    dag_id: str | None
    dag_run_id: str | None


class Unmatched(BaseModel):
    """A record without a person: what it carries, why, and the candidates. Personal values may be masked."""

    source_table: str
    source_pk: str
    reason_code: str
    status: str
    event_date: date | None
    name: str | None
    phone: str | None
    license: str | None
    plate: str | None
    scout_id: int | None
    details: Json
    candidates_preview: Json
    snapshot_date: datetime
    created_at: datetime
    resolved_at: datetime | None
    run_id: int | None
    match_probability: float | None = Field(
        description="That the record is its likeliest candidate, 0 to 1; null: it has none, or was last read by an "
        "earlier program."
    )


class WaitingRecord(Unmatched):
    """A record that waits for a human; of an overwritten row, with what it said before, by which it is linked."""

    person_key: UUID | None
    before_name: str | None
    before_phone: str | None
    before_license: str | None
    before_date: date | None
    before_scout_id: int | None


class Contested(BaseModel):
    """A record whose link later evidence speaks against, or whose row was overwritten (then with both contents)."""

    source_table: str
    source_pk: str
    match_rule: str | None
    person_key: UUID | None
    candidates: Json
    since: datetime
    reason_code: str
    content_before: Json
    content_now: Json


class Calibration(BaseModel):
    """How often links of a rule and a band of probability were right, as far as later evidence and humans said."""

    match_rule: str
    probability_from: float
    probability_to: float = Field(description="Below it; the last band includes 1.")
    links_made: int
    links_contested_now: int = Field(description="Those that later evidence speaks against now.")
    links_undone_by_humans: int = Field(description="Those that a human gave to somebody else or to nobody.")
    links_mean_probability: float | None
    decided_by_humans: int = Field(description="Records decided by a human, by their first candidate.")
    decided_for_first_candidate: int = Field(description="Those of them for which the human chose it.")
    decided_mean_probability: float | None


class Started(BaseModel):
    """A DAG run that was started as the user who asked for it."""

    dag_id: str
    dag_run_id: str
    state: str
    run_after: datetime | None
    triggered_by: str = Field(description="The user, as Airflow shows them on the run.")
    url: str = Field(description="The run's page in Airflow, from the root of its site.")


class Freshness(BaseModel):
    """What ensuring freshness came to."""

    outcome: str = Field(description="FRESH: nothing to do; STARTED: a run was started; RUNNING: one is at work.")
    completed_hours_ago: float | None = Field(description="Age of the last COMPLETED run; null: there is none.")
    run: Started | None
