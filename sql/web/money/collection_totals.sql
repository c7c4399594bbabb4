-- What the partner owes in the claims of the list, as of refreshed_at; `listed` is the list with its filters. One row
-- per currency with its amounts, and one without a currency, which counts all and adds up no amounts.
select
    claim.currency,
    count(*) as claims,
    count(distinct claim.driver_id) as drivers,
    count(*) filter (where claim.yango_payment_status <> 'PAID' and claim.days_overdue_yango > 0) as overdue_claims,
    count(*) filter (where claim.yango_payment_status <> 'PAID') as owed_claims,
    count(*) filter (where claim.yango_payment_status = 'PAID') as paid_claims,
    count(*) filter (where claim.scout_id is not null) as with_scout,
    (select list.refreshed_at from ops.v_read_model_refreshes as list where list.read_model = 'claims') as refreshed_at,
    case when grouping(claim.currency) = 0 then coalesce(sum(claim.expected_amount), 0) end as expected,
    case
        when grouping(claim.currency) = 0
            then coalesce(sum(claim.expected_amount) filter (where claim.yango_payment_status = 'PAID'), 0)
    end as paid,
    case
        when grouping(claim.currency) = 0
            then coalesce(sum(claim.expected_amount) filter (where claim.yango_payment_status <> 'PAID'), 0)
    end as owed,
    case
        when grouping(claim.currency) = 0
            then
                coalesce(
                    sum(claim.expected_amount)
                    filter (where claim.yango_payment_status <> 'PAID' and claim.days_overdue_yango > 0), 0
                )
    end as overdue
from listed as claim
group by grouping sets ((claim.currency), ())
order by claim.currency nulls last;
