"""Lists of what the partner owes and what scouts are owed."""

from __future__ import annotations

from control_tower.web.listing import Listing
from control_tower.web.models.money import Claim, PaymentBase

_CLAIM_KEY = (("driver_id", False), ("milestone_value", False))

COLLECTION = Listing(
    "collection",
    "web/money/collection.sql",
    Claim,
    {
        "lead_date": (("lead_date", True), ("milestone_value", True), ("driver_id", False)),
        "days_overdue_yango": (("yango_due_date", False), *_CLAIM_KEY),  # the most overdue are due the longest
        "expected_amount": (("expected_amount", True), *_CLAIM_KEY),
        "driver_id": _CLAIM_KEY,
        "scout_id": (("scout_id", False), *_CLAIM_KEY),
    },
    personal={"driver_name": "name"},
    description="Claims on the partner, each once, with the scout who brought the person.",
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
