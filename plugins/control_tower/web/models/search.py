"""Bodies of the searches: what was found, and why each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from control_tower.web.models.amounts import Amount
from control_tower.web.models.identity import Unmatched

Kind = Literal[
    "phone",
    "phone_end",
    "license",
    "document",
    "plate",
    "driver_id",
    "external_id",
    "person_key",
    "name",
    "name_similar",
    "scout_id",
    "scout_name",
    "run_id",
    "statement_id",
    "payment_key",
]


class FoundBy(BaseModel):
    """Why something was found."""

    kind: Kind
    value: str | None = Field(None, description="What was typed, as it was understood; of names, the name that fits.")
    similarity: float | None = Field(None, description="How alike the names are, 0 to 1; null: no names were compared.")


class FoundPerson(BaseModel):
    """A person one of whose records or accounts carries what was searched for."""

    person_key: UUID
    name: str | None
    phone: str | None
    license: str | None
    found_in: list[str] = Field(description="The records that carry it, as `source_table source_pk`.")
    found_by: list[FoundBy] = Field(description="Why, the strongest reason first.")
    scout_id: int | None
    decision_status: str | None


class FoundPersons(BaseModel):
    """What a search for persons found, the best first."""

    items: list[FoundPerson]
    is_complete: bool = Field(description="False: there are more; search for something more specific.")


class FoundRecord(Unmatched):
    """A record without a person that carries what was searched for."""

    found_by: list[FoundBy] = Field(description="Why, the strongest reason first.")


class FoundRecords(BaseModel):
    """What a search for records without a person found, the best first."""

    items: list[FoundRecord]
    is_complete: bool = Field(description="False: there are more; search for something more specific.")


class FoundScout(BaseModel):
    """A scout."""

    scout_id: int
    scout_name: str | None
    is_active: bool | None
    found_by: list[FoundBy] = Field(description="Why, the strongest reason first.")


class FoundRun(BaseModel):
    """A run of a job."""

    run_id: int
    job_type: str | None
    status: str
    started_at: datetime
    dag_id: str | None
    dag_run_id: str | None


class FoundStatement(BaseModel):
    """A statement of a scout."""

    statement_id: int
    scout_id: int
    scout_name: str | None
    period_start: date
    period_end: date
    amount: Amount
    currency: str
    is_paid: bool


class FoundPayment(BaseModel):
    """A payment of the partner, by the claim that it paid or paid once."""

    payment_key: str
    person_key: UUID | None
    driver_id: str | None
    milestone_value: int | None
    amount: Amount | None
    currency: str | None
    has_claim: bool = Field(description="False: it belongs to no claim now.")


class Found(BaseModel):
    """What a search of everything found, by kind. Kinds that the user may not read are empty."""

    persons: FoundPersons
    records: FoundRecords
    scouts: list[FoundScout]
    runs: list[FoundRun]
    statements: list[FoundStatement]
    payments: list[FoundPayment]
    is_limited: bool = Field(
        description="True: the user may not see personal data, so phones, licences, plates and names were not searched."
    )
