"""The body of `/persons/{person_key}`: everything that explains why it is so. Personal values may be masked."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from control_tower.web.models.amounts import Amount, Json, LocalTime


class Merged(BaseModel):
    """A person that turned out to be this one."""

    person_key: UUID
    reason: str
    run_id: int | None
    merged_at: datetime


class Link(BaseModel):
    """A record or driver account that is this person."""

    source_table: str
    source_pk: str
    match_rule: str
    match_score: int
    confidence_level: str
    matched_driver_id: str | None
    evidence: Json
    snapshot_date: datetime
    linked_at: datetime
    run_id: int | None
    match_probability: float | None = Field(
        description="That record and person belong together, 0 to 1; null: a human's link, or one that is not weighed."
    )
    contested_since: datetime | None
    contested_reason: str | None
    contested_candidates: Json


class Account(BaseModel):
    """A driver account of the person."""

    driver_id: str
    park_id: str | None
    name: str | None
    phone: str | None
    license: str | None
    plate: str | None
    brand: str | None
    model: str | None
    hire_date: date | None


class Event(BaseModel):
    """A lead event."""

    source_table: str
    source_pk: str
    event_date: date
    scout_id: int | None
    scout_name: str | None
    payload_json: Json
    created_at: datetime


class Ledger(BaseModel):
    """Whom the person is attributed to."""

    attributed_source: str | None
    attributed_scout_id: int | None
    scout_name: str | None
    attribution_rule: str | None
    attribution_score: Amount
    confidence_level: str
    decision_status: str
    evidence_json: Json
    conflict_since: datetime | None
    updated_at: datetime


class Attribution(BaseModel):
    """Who brought the person, all sources considered."""

    scout_id: int | None
    scout_name: str | None
    source_table: str | None
    source_pk: str | None
    attribution_date: date | None
    priority: int
    is_conflict: bool


class Audit(BaseModel):
    """A row of an audit table."""

    audited: str = Field(description="identity_links, lead_events or lead_ledger.")
    audit_id: int
    source_table: str | None
    source_pk: str | None
    action_type: str
    method: str
    confidence: str | None
    old_scout_id: int | None
    new_scout_id: int | None
    evidence_json: Json
    error_message: str | None
    notes: str | None
    run_id: int | None
    changed_at: datetime | None


class Decision(BaseModel):
    """What a human decided."""

    id: int
    kind: str
    source_table: str | None
    source_pk: str | None
    reverted_run_id: int | None
    before: Json
    after: Json
    reason: str
    decided_by: str
    decided_at: datetime
    dag_run_id: str | None


class PersonClaim(BaseModel):
    """What the partner owes for the person at one milestone."""

    driver_id: str | None
    milestone_value: int | None
    lead_date: date | None
    expected_amount: Amount | None
    yango_due_date: LocalTime | None
    days_overdue_yango: int | None
    yango_payment_status: str | None
    pay_date: date | None
    reason_code: str | None
    currency: str


class PersonPayment(BaseModel):
    """What the person is worth to its scout, in one currency."""

    scout_id: int | None
    driver_id: str | None
    origin_tag: str | None
    lead_date: date | None
    milestone_reached: int
    milestone_date: date | None
    eligible_7d: bool
    amount_payable: Amount
    currency: str | None
    payable_date: date | None
    payment_status: str
    block_reason: str | None
    quarantined_driver_ids: list[str] | None


class Person(BaseModel):
    """A person with everything that is known of it."""

    person_key: UUID
    requested_key: UUID = Field(
        description="The key that was asked for; that of a merged person leads to its survivor."
    )
    created_at: datetime
    updated_at: datetime
    confidence_level: str
    name: str | None
    phone: str | None
    license: str | None
    merged: list[Merged]
    attribution: Attribution | None
    ledger: Ledger | None
    links: list[Link]
    accounts: list[Account]
    events: list[Event]
    audit: list[Audit]
    decisions: list[Decision]
    claims: list[PersonClaim]
    payments: list[PersonPayment]
