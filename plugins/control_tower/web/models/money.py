"""Bodies of `/yango` and `/scouts/liquidation`."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from control_tower.web.models.amounts import Amount, LocalTime


class Claim(BaseModel):
    """A claim on the partner, with the scout who brought the person."""

    driver_id: str | None
    person_key: UUID | None
    driver_name: str | None
    milestone_value: int | None
    lead_date: date | None
    expected_amount: Amount | None
    yango_due_date: LocalTime | None
    days_overdue_yango: int | None
    overdue_bucket_yango: str | None
    yango_payment_status: str | None
    payment_key: str | None
    pay_date: date | None
    reason_code: str | None
    match_rule: str | None
    match_confidence: str | None
    identity_status: str | None
    suggested_driver_id: str | None
    is_reconcilable_enriched: bool | None
    scout_id: int | None
    scout_name: str | None
    scout_name_normalized: str | None
    scout_is_active: bool | None
    scout_quality_bucket: str
    is_scout_resolved: bool
    scout_source_table: str | None
    scout_attribution_date: date | None
    scout_priority: int | None
    is_conflict: bool
    currency: str
    candidate_driver_ids: list[str] | None
    payment_keys: list[str] | None


class PaymentWithoutClaim(BaseModel):
    """A payment of the partner that belongs to no claim now, and the claim that it belonged to."""

    payment_key: str
    payment_id: int | None
    pay_date: date | None
    driver_id: str | None
    person_key: UUID | None
    driver_name: str | None
    milestone_value: int
    lead_date: date | None
    expected_amount: Amount | None
    currency: str | None
    since: datetime
    run_id: int | None
    reason_code: str
    explained_by: str | None
    explained_at: datetime | None
    explanation: str | None


class ClaimChange(BaseModel):
    """A change of a claim on the partner: what it was and what it is."""

    change_id: int
    changed_at: datetime
    run_id: int | None
    change: str
    reason_code: str
    person_key: UUID | None
    driver_id: str | None
    milestone_value: int
    was_driver_id: str | None
    is_driver_id: str | None
    was_lead_date: date | None
    is_lead_date: date | None
    was_amount: Amount | None
    is_amount: Amount | None
    was_currency: str | None
    is_currency: str | None
    was_payment_status: str | None
    is_payment_status: str | None
    lost_payment_keys: list[str] | None
    is_of_last_refresh: bool


class PaymentBase(BaseModel):
    """What a claimed person is worth to a scout, in one currency."""

    person_key: UUID
    driver_id: str | None
    scout_id: int | None
    origin_tag: str | None
    source_table: str | None
    source_pk: str | None
    attribution_date: date | None
    milestone_reached: int
    milestone_date: date | None
    eligible_7d: bool
    amount_payable: Amount
    payment_status: str
    block_reason: str | None
    lead_date: date | None
    payable_date: date | None
    currency: str | None
    quarantined_driver_ids: list[str] | None
