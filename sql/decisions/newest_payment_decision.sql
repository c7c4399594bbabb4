-- The newest human decision on a payment that belongs to no claim, and whether the payment has lost no claim since; all
-- columns NULL if there is none. One row.
select
    decision.id,
    decision.kind,
    decision.person_key::text as person_key,
    decision.source_table,
    decision.source_pk,
    decision.before,
    decision.after,
    decision.reason,
    decision.decided_by,
    decision.decided_at,
    (decision.decided_at >= payment.since) as is_unchanged
from (values (%(payment_key)s::text)) as asked (payment_key)
left join lateral (
    select newest.*
    from ops.human_decisions as newest
    where newest.source_table = 'yango_payment_ledger' and newest.source_pk = asked.payment_key
    order by newest.id desc
    limit 1
) as decision on true
left join canon.payments_without_claim as payment on payment.payment_key = asked.payment_key;
