"""`/yango` and `/scouts/liquidation`: what the partner owes and what scouts are owed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from fastapi.responses import StreamingResponse
from pydantic import BeforeValidator, Field

from control_tower.web.api.lists import CSV, export_of, page_of, sort_field
from control_tower.web.models.money import Collection, Liquidation
from control_tower.web.params import Filters, Number, Paged
from control_tower.web.permissions import CurrentUserDep, ReadersRouter
from control_tower.web.queries import money as ask

router = ReadersRouter("scout_attribution_refresh", tags=["money"])


def _whole(text: Any) -> Any:
    """The whole number that a text of a query says, which a literal would not take for one: 5, also written 5.0."""
    try:
        number = float(text)
    except (TypeError, ValueError):
        return text
    return int(number) if number.is_integer() else text


Milestone = Annotated[Literal[1, 5, 25], BeforeValidator(_whole)]


class CollectionQuery(Filters):
    """Which claims."""

    week_start: date | None = Field(None, le=date(9999, 12, 1), description="Leads of the seven days from this one.")
    scout_id: Number | None = None
    milestone: Milestone | None = Field(None, description="Trips of the milestone.")
    payment_status: Literal["PAID", "PAID_MISAPPLIED", "UNPAID"] | None = None
    overdue_bucket: Literal["0_not_due", "1_1_7", "2_8_14", "3_15_30", "4_30_plus"] | None = None
    only_with_debt: bool = Field(False, description="Only what is not paid.")
    scout_missing_only: bool = Field(False, description="Only claims of persons without a scout.")
    conflicts_only: bool = Field(False, description="Only claims of persons whom several scouts claim.")
    sort: str | None = sort_field(ask.COLLECTION)


class CollectionPageQuery(CollectionQuery, Paged):
    """Which page of the claims."""


class LiquidationQuery(Filters):
    """Which persons."""

    scout_id: Number | None = None
    payment_status: Literal["PENDING", "ELIGIBLE", "BLOCKED"] | None = None
    block_reason: Literal["CONFLICT", "NO_SCOUT", "NO_IDENTITY", "QUARANTINED", "NO_RULE"] | None = None
    milestone: Number | None = Field(None, description="Highest milestone reached, in trips; 0: none.")
    origin_tag: Literal["cabinet", "fleet_migration"] | None = None
    sort: str | None = sort_field(ask.LIQUIDATION)


class LiquidationPageQuery(LiquidationQuery, Paged):
    """Which page of the persons."""


@router.get("/yango/cabinet/collection-with-scout")
def collection(current_user: CurrentUserDep, query: Annotated[CollectionPageQuery, Query()]) -> Collection:
    """Claims on the partner, each once, with the scout who brought the person."""
    found = page_of(ask.COLLECTION, current_user, query)
    return Collection(items=found.rows, pagination=found.pagination)


@router.get("/yango/cabinet/collection-with-scout.csv", response_class=StreamingResponse, responses=CSV)
def collection_as_csv(current_user: CurrentUserDep, query: Annotated[CollectionQuery, Query()]) -> StreamingResponse:
    """All of them as CSV."""
    return export_of(ask.COLLECTION, current_user, query)


@router.get("/scouts/liquidation/base")
def liquidation(current_user: CurrentUserDep, query: Annotated[LiquidationPageQuery, Query()]) -> Liquidation:
    """What each claimed person is worth to a scout: pending, eligible, or blocked with a reason."""
    found = page_of(ask.LIQUIDATION, current_user, query)
    return Liquidation(items=found.rows, pagination=found.pagination)


@router.get("/scouts/liquidation/base.csv", response_class=StreamingResponse, responses=CSV)
def liquidation_as_csv(current_user: CurrentUserDep, query: Annotated[LiquidationQuery, Query()]) -> StreamingResponse:
    """All of them as CSV."""
    return export_of(ask.LIQUIDATION, current_user, query)
