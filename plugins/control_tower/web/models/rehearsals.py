"""Bodies of `/rehearsals`: runs of the DAG `rehearse`, and what they found."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from control_tower.web.models.amounts import Amount


class RehearsalRun(BaseModel):
    """One run of `rehearse`; `changes` are the settings that it was given."""

    dag_run_id: str
    state: str
    run_after: datetime | None
    ended_at: datetime | None
    triggered_by: str | None
    changes: dict[str, Any]


class Rehearsals(BaseModel):
    """The last runs of `rehearse`, the newest first."""

    items: list[RehearsalRun]


class ChangedSetting(BaseModel):
    """A setting that the rehearsal changed."""

    before: str | bool | int | None
    after: str | bool | int | None


class ObjectTotal(BaseModel):
    """The objects of one kind in the four schemas."""

    kind: str
    before: int
    created: int
    changed: int
    dropped: int
    left_alone: int


class DifferenceTotal(BaseModel):
    """How many differences of one kind there are; links by source."""

    subject: str
    kind: str
    source_table: str | None
    differences: int


class RecordTotal(BaseModel):
    """Links by source and rule, contested records by source and reason, or open unmatched ones by reason."""

    subject: Literal["link", "contested", "unmatched"]
    source_table: str | None
    name: str
    before: int
    after: int


class ScoutMove(BaseModel):
    """How many persons would go from one scout to another; NULL: none."""

    scout_before: int | None
    scout_after: int | None
    persons: int


class MoneyTotal(BaseModel):
    """Claims on the partner, or payments to scouts, of one currency and status."""

    subject: Literal["claim", "payment"]
    currency: str | None
    status: str | None
    before: int
    amount_before: Amount
    after: int
    amount_after: Amount


class ScoutMoney(BaseModel):
    """What one scout is due in one currency, where it differs."""

    scout_id: int
    currency: str | None
    amount_before: Amount
    amount_after: Amount


class Difference(BaseModel):
    """One difference; names are masked for everybody. New persons have no key yet."""

    subject: str
    kind: str
    source_table: str | None
    source_pk: str | None
    name: str | None
    person_before: str | None
    person_after: str | None
    driver_id: str | None
    driver_name: str | None
    milestone: int | None
    before: str | None
    after: str | None
    scout_before: int | None
    scout_after: int | None
    currency: str | None
    amount_before: Amount | None
    amount_after: Amount | None
    reason: str | None


class RehearsalReport(BaseModel):
    """What would differ afterwards."""

    kind: Literal["first_run", "upgrade", "settings"]
    changes: dict[str, ChangedSetting]
    objects: list[ObjectTotal]
    differences: list[DifferenceTotal]
    records: list[RecordTotal]
    scouts: list[ScoutMove]
    money: list[MoneyTotal]
    scout_money: list[ScoutMoney]
    examples: list[Difference]
    notes: list[str]
    seconds: dict[str, float]
    rows: int = Field(description="Differences in the CSV file.")


class Rehearsed(BaseModel):
    """A run of `rehearse` and its report; both are null while there is none."""

    dag_run_id: str | None
    report: RehearsalReport | None
