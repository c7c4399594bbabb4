-- Claims on the partner with the scout who brought the person, as of the last refresh. Grain: one driver, milestone and
-- currency. Filters: week of the lead, scout, milestone, currency, state of payment, overdue bucket, only what is still
-- owed, only what is overdue, only with or without a scout, only where several scouts claim the person.
select claim.*
from ops.v_yango_collection_list as claim
where
    (%(week_start)s::date is null or claim.lead_date between %(week_start)s::date and %(week_start)s::date + 6)
    and (%(scout_id)s::integer is null or claim.scout_id = %(scout_id)s::integer)
    and (%(milestone)s::integer is null or claim.milestone_value = %(milestone)s::integer)
    and (%(payment_status)s::text is null or claim.yango_payment_status = %(payment_status)s::text)
    and (%(overdue_bucket)s::text is null or claim.overdue_bucket_yango = %(overdue_bucket)s::text)
    and (not %(only_with_debt)s::boolean or claim.yango_payment_status <> 'PAID')
    and (not %(overdue_only)s::boolean or claim.yango_payment_status <> 'PAID' and claim.days_overdue_yango > 0)
    and (%(currency)s::text is null or claim.currency = %(currency)s::text)
    and (not %(with_scout_only)s::boolean or claim.scout_id is not null)
    and (not %(scout_missing_only)s::boolean or claim.scout_id is null)
    and (not %(conflicts_only)s::boolean or claim.is_conflict);
