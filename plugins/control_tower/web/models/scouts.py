"""Bodies of `/scouts`: what each scout brought, is due and was paid, and what is worth a look."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from control_tower.web.models.amounts import Amount


class ScoutMoney(BaseModel):
    """What a scout is due and was paid in one currency."""

    currency: str | None = Field(description="ISO 4217; null: nothing was earned or stated yet.")
    due_amount: Amount = Field(description="Payable by today and in no statement yet, as of the last refresh.")
    unpaid_amount: Amount = Field(description="In statements that are not marked as paid.")
    paid_amount: Amount = Field(description="In statements marked as paid.")
    statements: int
    unpaid_statements: int


class Brought(BaseModel):
    """What a scout brought, and how well it holds."""

    scout_id: int
    scout_name: str | None
    is_active: bool | None
    persons: int = Field(description="Persons whose scout the ledger says it is.")
    open_conflicts: int
    records: int = Field(description="Dated records of the sources that name the scout.")
    contested_records: int = Field(description="Of these, contested now.")
    undone_records: int = Field(description="Of these, taken by a human from the person they were linked to.")
    doubt_share: float | None = Field(description="Share of contested and undone records, 0 to 1; null: no records.")


class ScoutRow(Brought, ScoutMoney):
    """A scout, one row per currency."""


class ScoutMonth(BaseModel):
    """Records of a scout in one month from one source."""

    month: date = Field(description="Its first day.")
    source_table: str
    records: int
    persons: int = Field(description="Persons that they were linked to.")


class ScoutSignal(BaseModel):
    """Something about a scout that is worth a look; no accusation."""

    scout_id: int
    scout_name: str | None
    signal: str
    records: int = Field(description="Records or accounts behind it.")
    value_count: int = Field(description="Different phones or plates among them.")
    most_records: int = Field(description="Records of the most frequent one.")
    signal_day: date | None
    share: float | None = Field(description="Share of the scout's records on that day.")
    others_share: float | None = Field(description="Share of all other scouts' records on that day.")


class Scout(Brought):
    """A scout with its money per currency, its last twelve months and what is worth a look."""

    median_doubt_share: float | None = Field(description="The median of all scouts with records.")
    money: list[ScoutMoney]
    months: list[ScoutMonth]
    signals: list[ScoutSignal]


class ScoutPerson(BaseModel):
    """A person whom a scout brought, one row per currency."""

    person_key: UUID
    name: str | None
    lead_date: date | None
    origin_tag: str | None
    milestone_reached: int | None
    payment_status: str | None
    block_reason: str | None
    amount_payable: Amount | None
    currency: str | None
    is_in_doubt: bool = Field(description="A record of the person is contested.")


class SignalRow(BaseModel):
    """A record or driver account behind a signal."""

    signal: str
    value_number: int = Field(description="Tells phones or plates of one signal apart.")
    source_table: str
    source_pk: str
    event_date: date | None
    person_key: UUID | None
    name: str | None


class SuggestedScout(BaseModel):
    """A scout whom a picker offers."""

    scout_id: int
    scout_name: str | None
    is_active: bool | None


class SuggestedScouts(BaseModel):
    """Scouts whose name or number fits what was typed, the best first."""

    items: list[SuggestedScout]
