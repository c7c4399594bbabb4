"""Bodies of `/health` and `/alerts`. Ages and intervals are seconds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from control_tower.web.models.amounts import Json, Seconds


class Pipeline(BaseModel):
    """How a pipeline stands."""

    job_type: str
    severity: str = Field(description="OK, YELLOW or RED.")
    state: str = Field(description="OK, or the worst of the codes that hold.")
    states: list[str]
    last_completed_at: datetime | None
    age: Seconds | None = Field(description="Seconds since the last completed run.")
    last_run_id: int | None
    last_run_status: str | None
    last_run_error: str | None
    running_since: datetime | None
    is_paused: bool | None = Field(description="Null: Airflow could not say.")
    dag_id: str


class AttributionHealth(BaseModel):
    """How well persons are attributed."""

    state: str = Field(description="OK, WARN or FAIL.")
    reasons: list[str]


class Watch(BaseModel):
    """Whether anybody looks: the health of the health checks themselves."""

    severity: str | None
    state: str | None


class Health(BaseModel):
    """Is it all right? The answer is 503 when `status` is RED, else 200."""

    status: Literal["OK", "YELLOW", "RED"] = Field(description="The worst of all that follows.")
    reasons: list[str] = Field(description="What keeps it from OK: `identity_run: YELLOW_INGESTION_STALE`, …")
    checked_at: datetime
    pipelines: list[Pipeline]
    attribution: AttributionHealth
    unhealthy_sources: dict[str, str] = Field(description="Code of each source that is YELLOW or RED.")
    unhealthy_checks: dict[str, str] = Field(
        description="Code of each invariant, DAG file and channel that the last health check found YELLOW or RED."
    )
    watch: Watch
    open_alerts: int


class Source(BaseModel):
    """Whether a source is all right."""

    source_name: str
    source_type: str | None
    max_business_date: date | None
    business_days_lag: int | None
    max_ingestion_ts: datetime | None
    ingestion_lag_interval: Seconds | None
    rows_business_yesterday: int | None
    rows_business_today: int | None
    rows_ingested_yesterday: int | None
    rows_ingested_today: int | None
    health_status: str
    severity: str = Field(description="OK, YELLOW, RED or UNKNOWN.")
    states: list[str]
    expected_cadence: Seconds | None
    due_at: datetime | None
    rubbish_count: int | None
    total_rows: int | None
    rows_dated_ahead: int | None
    is_optional: bool | None
    checked_at: datetime
    duplicate_count: int | None = Field(
        description="Rows that count for nothing, because the same driver's day was loaded again."
    )
    problem: str | None = Field(description="Why the source cannot be read, if it cannot (CHECK_FAILED).")
    volume_day: date | None = Field(description="The last whole day, if its rows can be compared with the usual.")
    rows_of_day: int | None
    usual_rows: int | None = Field(description="The median of the same weekdays before it.")
    least_rows: int | None = Field(description="Fewer are YELLOW_VOLUME_DROP.")
    rows_before: int | None = Field(description="The most rows that it had since the day before.")
    late_by: Seconds | None = Field(description="Seconds since a load was due; null: none is expected, or none came.")


class Check(BaseModel):
    """The latest result of a check."""

    check_name: str
    subject: str
    severity: str
    state: str
    since: datetime
    checked_at: datetime
    age: Seconds | None
    is_overdue: bool | None
    cause: str | None
    value: Json
    limit_value: Json
    details: Json
    episode_id: int | None
    muted_until: datetime | None


class SourceDay(BaseModel):
    """A day of a source, with what was expected of it."""

    source_name: str
    day: date
    rows_arrived: int
    rows_of_business_day: int
    usual_rows: int | None = Field(description="The median of the same weekdays before it; null: too little is known.")
    least_rows: int | None = Field(description="Fewer are YELLOW_VOLUME_DROP.")
    is_expected: bool = Field(description="A load was due on that day of the week.")
    is_holiday: bool


class Expectation(BaseModel):
    """What is expected of a source."""

    source_name: str
    source_type: str
    expected_cadence: Seconds
    is_optional: bool
    grace: Seconds
    stamp_zone: str
    weekdays: list[int] | None


class CheckChange(BaseModel):
    """A change of the state of a check."""

    id: int
    check_name: str
    severity_old: str | None
    state_old: str | None
    severity_new: str
    state_new: str
    value: Json
    changed_at: datetime


class Alert(BaseModel):
    """An open alert."""

    id: int
    cause: str
    severity: str
    worst_severity: str
    opened_at: datetime
    age: Seconds
    problems: Json
    messages: int
    last_message_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    acknowledge_reason: str | None
    muted_until: datetime | None
    muted_by: str | None
    mute_reason: str | None
    muted_checks: dict[str, datetime] = Field(
        description="Checks of it that are silent now, with their cause or alone, until when."
    )
    heals: Json


class PastAlert(BaseModel):
    """An alert, open or over."""

    id: int
    cause: str
    severity: str
    worst_severity: str
    opened_at: datetime
    closed_at: datetime | None
    age: Seconds
    problems: Json
    messages: int
    last_message_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    acknowledge_reason: str | None
    heals: Json


class Delivery(BaseModel):
    """A message of an alert on a channel."""

    id: int
    episode_id: int
    cause: str
    message: int
    channel: str
    kind: str
    status: str
    queued_at: datetime
    attempts: int
    last_attempt_at: datetime | None
    next_attempt_at: datetime | None
    last_error: str | None
    sent_at: datetime | None


class Acknowledged(BaseModel):
    """Who takes care of an alert."""

    alert_id: int
    cause: str
    acknowledged_by: str
    acknowledged_at: datetime
    reason: str


class MuteRow(BaseModel):
    """A silence about a check or a cause."""

    id: int
    target: str = Field(description="The check, such as `source.drivers`, or the cause, such as `sources`.")
    episode_id: int | None = Field(description="The alert; null: nothing was wrong yet.")
    states: dict[str, list[str]] | None = Field(description="By check, the states that are silent.")
    reason: str
    muted_by: str
    muted_at: datetime
    muted_until: datetime
    ended_at: datetime | None
    ended_by: str | None = Field(description="Who lifted it; `pipeline_health`: what was muted is over.")
    is_in_force: bool


class Lifted(BaseModel):
    """The end of a silence."""

    mute_id: int
    target: str
    muted_by: str
    reason: str
    ended_by: str


class Muted(BaseModel):
    """Silence about what an alert is about."""

    alert_id: int
    cause: str
    check: str | None = Field(description="The only check that is silent; null: all of the cause are.")
    muted_by: str
    muted_until: datetime
    reason: str
