"""`/yango` and `/scouts/liquidation`: what the partner owes and what scouts are owed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from control_tower.web.api.lists import list_routes, sort_field
from control_tower.web.params import ListQuery, Number
from control_tower.web.permissions import readers_router
from control_tower.web.queries import money as ask

router = readers_router("scout_attribution_refresh", tags=["money"])


def _whole(text: Any) -> Any:
    """The whole number that a text of a query says, which a literal would not take for one: 5, also written 5.0."""
    try:
        number = float(text)
    except (TypeError, ValueError):
        return text
    return int(number) if number.is_integer() else text


Milestone = Annotated[Literal[1, 5, 25], BeforeValidator(_whole)]


class CollectionQuery(ListQuery):
    """Which claims."""

    week_start: date | None = Field(None, le=date(9999, 12, 1), description="Leads of the seven days from this one.")
    scout_id: Number | None = None
    milestone: Milestone | None = Field(None, description="Trips of the milestone.")
    payment_status: Literal["PAID", "PAID_MISAPPLIED", "UNPAID"] | None = None
    overdue_bucket: Literal["0_not_due", "1_1_7", "2_8_14", "3_15_30", "4_30_plus"] | None = None
    only_with_debt: bool = Field(False, description="Only what is not paid.")
    overdue_only: bool = Field(False, description="Only what is not paid and overdue.")
    with_scout_only: bool = Field(False, description="Only claims of persons with a scout.")
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] | None = Field(None, description="ISO 4217.")
    scout_missing_only: bool = Field(False, description="Only claims of persons without a scout.")
    conflicts_only: bool = Field(False, description="Only claims of persons whom several scouts claim.")
    sort: str | None = sort_field(ask.COLLECTION)


ClaimReason = Literal[
    "EARLIER_LEAD_DATE", "LATER_LEAD_DATE", "LINK_LOST", "LINK_MOVED", "SOURCE_ROW_GONE", "ACCOUNT_QUARANTINED",
    "RULE_GONE", "TRIPS_CHANGED",
]  # fmt: skip
"""What takes a claim away."""
PaymentReason = Literal[ClaimReason, "PAYMENT_AMBIGUOUS", "PAYMENT_NAMES_NOBODY", "UNKNOWN"]
"""What takes a payment its claim away."""
ChangeReason = Literal[ClaimReason, "NEW_CLAIM", "ACCOUNT_CHANGED", "CURRENCY_CHANGED", "AMOUNT_CHANGED"]
"""What changes a claim."""


class PaymentsWithoutClaimQuery(ListQuery):
    """Which payments."""

    milestone: Milestone | None = Field(None, description="Trips of the milestone.")
    reason_code: PaymentReason | None = Field(None, description="What took the claim away.")
    explained: bool | None = Field(None, description="Only those that somebody has explained, or has not.")
    sort: str | None = sort_field(ask.PAYMENTS_WITHOUT_CLAIM)


class ClaimChangesQuery(ListQuery):
    """Which changes."""

    last_only: bool = Field(False, description="Only those of the last refresh that changed any.")
    milestone: Milestone | None = Field(None, description="Trips of the milestone.")
    reason_code: ChangeReason | None = Field(None, description="The cause.")
    sort: str | None = sort_field(ask.CLAIM_CHANGES)


class LiquidationQuery(ListQuery):
    """Which persons."""

    scout_id: Number | None = None
    payment_status: Literal["PENDING", "ELIGIBLE", "BLOCKED"] | None = None
    block_reason: Literal["CONFLICT", "NO_SCOUT", "NO_IDENTITY", "QUARANTINED", "NO_RULE"] | None = None
    milestone: Number | None = Field(None, description="Highest milestone reached, in trips; 0: none.")
    origin_tag: Literal["cabinet", "fleet_migration"] | None = None
    sort: str | None = sort_field(ask.LIQUIDATION)


list_routes(router, "/yango/cabinet/collection-with-scout", ask.COLLECTION, CollectionQuery, "Collection")
list_routes(
    router,
    "/yango/cabinet/payments-without-claim",
    ask.PAYMENTS_WITHOUT_CLAIM,
    PaymentsWithoutClaimQuery,
    "PaymentsWithoutClaim",
)
list_routes(router, "/yango/cabinet/claim-changes", ask.CLAIM_CHANGES, ClaimChangesQuery, "ClaimChanges")
list_routes(router, "/scouts/liquidation/base", ask.LIQUIDATION, LiquidationQuery, "Liquidation")
