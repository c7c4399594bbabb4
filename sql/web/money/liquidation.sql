-- What each claimed person is worth to a scout, as of the last refresh. Grain: one person. Filters: scout, state,
-- reason of a block, milestone, origin.
select
    base.person_key,
    base.driver_id,
    base.scout_id,
    base.origin_tag,
    base.source_table,
    base.source_pk,
    base.attribution_date,
    base.milestone_reached,
    base.milestone_date,
    base.eligible_7d,
    base.amount_payable,
    base.payment_status,
    base.block_reason,
    base.lead_date,
    base.payable_date,
    base.currency
from ops.v_scout_liquidation as base
where
    (%(scout_id)s::integer is null or base.scout_id = %(scout_id)s::integer)
    and (%(payment_status)s::text is null or base.payment_status = %(payment_status)s::text)
    and (%(block_reason)s::text is null or base.block_reason = %(block_reason)s::text)
    and (%(milestone)s::integer is null or base.milestone_reached = %(milestone)s::integer)
    and (%(origin_tag)s::text is null or base.origin_tag = %(origin_tag)s::text);
