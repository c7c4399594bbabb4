-- The payments without a claim that a human has explained: by whom, when and why. It is the newest decision on the
-- payment, and does not hold if that took an explanation back, or if the payment lost a claim again afterwards.
-- Decisions name the payment as (source_table yango_payment_ledger, source_pk its key). Grain and key: payment_key.
create or replace view canon.payment_explanations as
select
    payment.payment_key,
    decision.after #>> '{explanation,decided_by}' as explained_by,
    (decision.after #>> '{explanation,decided_at}')::timestamptz as explained_at,
    decision.after #>> '{explanation,reason}' as explanation
from canon.payments_without_claim as payment
cross join lateral (
    select
        newest.after,
        newest.decided_at
    from ops.human_decisions as newest
    where newest.source_table = 'yango_payment_ledger' and newest.source_pk = payment.payment_key
    order by newest.id desc
    limit 1
) as decision
where
    payment.is_paid
    and decision.after ->> 'explanation' is not null
    and decision.decided_at >= payment.since;
