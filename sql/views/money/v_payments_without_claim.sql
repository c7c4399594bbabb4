-- What the partner paid and belongs to no claim now, with the claim that it belonged to (driver_id … currency, as that
-- claim was), since when it no longer does, and what took the claim away. A payment that never paid a claim is not
-- here: ops.v_yango_payments_ledger_latest_enriched has all. One that pays a claim again, or that the partner took
-- back, is not here any more. One that a human has explained is here with who did, when and why (explained_by …).
-- reason_code: those of ops.v_claim_change_history, where the claim is gone; where it goes on without this payment,
-- PAYMENT_AMBIGUOUS (its name fits several persons now), PAYMENT_NAMES_NOBODY, LINK_LOST or LINK_MOVED (its account has
-- no person, or another one), else UNKNOWN.
-- Grain and key: payment_key.
create or replace view ops.v_payments_without_claim as
select
    open.payment_key,
    open.payment_id,
    open.pay_date,
    open.driver_id,
    open.person_key,
    open.driver_name,
    open.milestone_value,
    open.lead_date,
    open.expected_amount,
    open.currency,
    open.since,
    open.run_id,
    open.reason_code,
    explained.explained_by,
    explained.explained_at,
    explained.explanation
from canon.payments_without_claim as open
left join canon.payment_explanations as explained on explained.payment_key = open.payment_key
where open.is_paid;
