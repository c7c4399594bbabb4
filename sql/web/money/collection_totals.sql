-- What the partner owes in the claims of the list, as of refreshed_at; `listed` is the list with its filters. One row;
-- amounts as in the claims.
select
    count(*) as claims,
    count(distinct claim.driver_id) as drivers,
    coalesce(sum(claim.expected_amount), 0) as expected,
    coalesce(sum(claim.expected_amount) filter (where claim.yango_payment_status = 'PAID'), 0) as paid,
    coalesce(sum(claim.expected_amount) filter (where claim.yango_payment_status <> 'PAID'), 0) as owed,
    coalesce(
        sum(claim.expected_amount)
        filter (where claim.yango_payment_status <> 'PAID' and claim.days_overdue_yango > 0), 0
    ) as overdue,
    count(*) filter (where claim.yango_payment_status <> 'PAID' and claim.days_overdue_yango > 0) as overdue_claims,
    count(*) filter (where claim.scout_id is not null) as with_scout,
    (select list.refreshed_at from ops.v_read_model_refreshes as list where list.read_model = 'claims') as refreshed_at
from listed as claim;
