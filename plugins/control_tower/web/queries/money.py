"""Lists of what the partner owes and what scouts are owed."""

from __future__ import annotations

from control_tower.web.listing import Listing
from control_tower.web.models.money import Claim, ClaimChange, PaymentBase, PaymentWithoutClaim

_CLAIM_KEY = (("driver_id", False), ("milestone_value", False), ("currency", False))

COLLECTION = Listing(
    "collection",
    "web/money/collection.sql",
    Claim,
    {
        "lead_date": (("lead_date", True), ("milestone_value", True), ("driver_id", False), ("currency", False)),
        "days_overdue_yango": (("yango_due_date", False), *_CLAIM_KEY),  # the most overdue are due the longest
        "expected_amount": (("expected_amount", True), *_CLAIM_KEY),
        "driver_id": _CLAIM_KEY,
        "scout_id": (("scout_id", False), *_CLAIM_KEY),
    },
    personal={"driver_name": "name"},
    description="Claims on the partner, each once, with the scout who brought the person.",
)

PAYMENTS_WITHOUT_CLAIM = Listing(
    "payments_without_claim",
    "web/money/payments_without_claim.sql",
    PaymentWithoutClaim,
    {
        "since": (("since", True), ("payment_key", False)),
        "expected_amount": (("expected_amount", True), ("payment_key", False)),
        "driver_id": (("driver_id", False), ("payment_key", False)),
    },
    personal={"driver_name": "name", "explanation": "reason"},
    description="What the partner paid and belongs to no claim now, with the claim that it belonged to and what took "
    "that away.",
)

CLAIM_CHANGES = Listing(
    "claim_changes",
    "web/money/claim_changes.sql",
    ClaimChange,
    {"changed_at": (("changed_at", True), ("change_id", True))},
    description="What refreshes changed in the claims on the partner, and why.",
)

LIQUIDATION = Listing(
    "liquidation",
    "web/money/liquidation.sql",
    PaymentBase,
    {
        "person_key": (("person_key", False), ("currency", False)),
        "attribution_date": (("attribution_date", True), ("person_key", False), ("currency", False)),
        "lead_date": (("lead_date", True), ("person_key", False), ("currency", False)),
        "amount_payable": (("amount_payable", True), ("person_key", False), ("currency", False)),
        "scout_id": (("scout_id", False), ("person_key", False), ("currency", False)),
        "payment_status": (("payment_status", False), ("person_key", False), ("currency", False)),
    },
    counted_by=("web/money/liquidation_totals.sql", "persons"),
    description="What each claimed person is worth to a scout, one row per currency: pending, eligible, or blocked with"
    " a reason.",
)
