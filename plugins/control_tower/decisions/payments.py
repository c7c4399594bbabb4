"""A payment of the partner that belongs to no claim: a human says what it paid for. Nothing but the list changes."""

from __future__ import annotations

from control_tower.decisions.precedence import PAYMENT_FILES, repeated_decision
from control_tower.decisions.transaction import Author, Decision, decision_transaction
from control_tower.decisions.undo import newest_decision
from control_tower.errors import UnknownDecision, UnknownPayment
from control_tower.review_cases import PAYMENTS


def explain_payment(
    payment_key: str,
    reason: str,
    *,
    author: Author,
    undo_decision: int | None = None,
    case_version: str | None = None,
    dry_run: bool = False,
) -> Decision:
    """Explain a payment without a claim: it stays listed, with the reason, and is no problem any more.

    The explanation holds until it is taken back, or the payment finds a claim and loses it again.

    Args:
        payment_key: The payment, as `ops.v_payments_without_claim` names it.
        reason: What it paid for, not empty; of an undo, why.
        author: Who decides.
        undo_decision: Number of the newest decision on the payment: what it said before holds again.
        case_version: Version of the case that the author saw (ops.v_review_cases); None: whatever it is.
        dry_run: Roll everything back.

    Returns:
        The decision; `before` and `after` hold the `explanation`, null: there is none. Deciding what the newest
        decision says already returns that one.

    Raises:
        ReasonMissing: the reason is blank.
        UnknownPayment: no payment with this key belongs to no claim.
        UnknownDecision: there is no such decision on this payment.
        DecidedSince: the decision to undo is not the newest one.
        CaseChanged: the case is not the one that the author saw.
        RunAlreadyActive: a run is active; retry when it has ended.
    """
    with decision_transaction("explain_payment", reason, author, is_dry_run=dry_run) as tx:
        asked = {"payment_key": str(payment_key).strip()}
        repeated = repeated_decision(
            tx,
            PAYMENT_FILES,
            asked,
            undo_decision=undo_decision,
            is_same=lambda after: after["explanation"] is not None,
            case_version=case_version,
        )
        if repeated is not None:
            return repeated
        found = tx.one("decisions/payment.sql", asked)
        if not found["is_known"]:
            raise UnknownPayment(
                f"No payment {asked['payment_key']!r} is without a claim: it may have found one.",
                "copy the key from ops.v_payments_without_claim.",
            )
        after: dict[str, object] = {"explanation": tx.signature}
        if undo_decision is not None:
            undone = newest_decision(tx, undo_decision)
            if undone["source_pk"] != asked["payment_key"]:
                raise UnknownDecision(
                    f"Decision {undo_decision} is not about payment {asked['payment_key']!r}.",
                    "copy its number from ops.v_human_decisions.",
                )
            after = {"explanation": undone["before"]["explanation"], "undid_decision": undo_decision}
        return tx.record(
            person_key=found["person_key"],
            source_table=PAYMENTS,
            source_pk=asked["payment_key"],
            before={"explanation": found["explanation"]},
            after=after,
        )
