-- Persons and amounts per state, of those that pass the filters of the list, as of refreshed_at. They are added up from
-- the totals of each combination of filters, not from the list: that is a few thousand rows. Grain: one state and
-- currency.
select
    base.payment_status,
    base.currency,
    sum(base.persons)::bigint as persons,
    sum(base.amount) as amount,
    (
        select refresh.refreshed_at from ops.v_read_model_refreshes as refresh where refresh.read_model = 'payments'
    ) as refreshed_at
from ops.v_scout_liquidation_totals as base
where
    (%(scout_id)s::integer is null or base.scout_id = %(scout_id)s::integer)
    and (%(payment_status)s::text is null or base.payment_status = %(payment_status)s::text)
    and (%(block_reason)s::text is null or base.block_reason = %(block_reason)s::text)
    and (%(milestone)s::integer is null or base.milestone_reached = %(milestone)s::integer)
    and (%(origin_tag)s::text is null or base.origin_tag = %(origin_tag)s::text)
group by base.payment_status, base.currency
order by base.payment_status, base.currency;
