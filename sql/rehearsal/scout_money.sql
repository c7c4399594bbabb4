-- What each scout is due, before and after, where it differs; the largest differences first. One row per scout and
-- currency.
select
    payment.scout_id,
    payment.currency,
    coalesce(sum(payment.amount) filter (where payment.moment = 'before'), 0) as amount_before,
    coalesce(sum(payment.amount) filter (where payment.moment = 'after'), 0) as amount_after
from pg_temp.rehearsed_payments as payment
where payment.scout_id is not null
group by payment.scout_id, payment.currency
having
    coalesce(sum(payment.amount) filter (where payment.moment = 'before'), 0)
    <> coalesce(sum(payment.amount) filter (where payment.moment = 'after'), 0)
order by
    abs(
        coalesce(sum(payment.amount) filter (where payment.moment = 'after'), 0)
        - coalesce(sum(payment.amount) filter (where payment.moment = 'before'), 0)
    ) desc,
    payment.scout_id,
    payment.currency
limit %(most_rows)s::integer;
