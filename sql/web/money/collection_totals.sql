-- What the partner owes in the claims that pass the filters of the list, as of refreshed_at. One row; amounts as in the
-- claims.
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
from ops.v_yango_collection_list as claim
where
    (%(week_start)s::date is null or claim.lead_date between %(week_start)s::date and %(week_start)s::date + 6)
    and (%(scout_id)s::integer is null or claim.scout_id = %(scout_id)s::integer)
    and (%(milestone)s::integer is null or claim.milestone_value = %(milestone)s::integer)
    and (%(payment_status)s::text is null or claim.yango_payment_status = %(payment_status)s::text)
    and (%(overdue_bucket)s::text is null or claim.overdue_bucket_yango = %(overdue_bucket)s::text)
    and (not %(only_with_debt)s::boolean or claim.yango_payment_status <> 'PAID')
    and (not %(scout_missing_only)s::boolean or claim.scout_id is null)
    and (not %(conflicts_only)s::boolean or claim.is_conflict);
