-- Claims on the partner and payments to scouts by currency and status: how many, and how much, before and after. One
-- row per subject, currency and status; amounts of different currencies are never added.
select
    money.subject,
    money.currency,
    money.status,
    count(*) filter (where money.moment = 'before') as before,
    coalesce(sum(money.amount) filter (where money.moment = 'before'), 0) as amount_before,
    count(*) filter (where money.moment = 'after') as after,
    coalesce(sum(money.amount) filter (where money.moment = 'after'), 0) as amount_after
from (
    select 'claim' as subject, claim.moment, claim.currency, claim.status, claim.amount
    from pg_temp.rehearsed_claims as claim
    union all
    select 'payment', payment.moment, payment.currency, payment.status, payment.amount
    from pg_temp.rehearsed_payments as payment
) as money
group by money.subject, money.currency, money.status
order by money.subject, money.currency, money.status;
