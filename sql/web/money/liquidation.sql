-- What each claimed person is worth to a scout, as of the last refresh. Grain: one person. Filters: scout, state,
-- reason of a block, milestone, origin.
select base.*
from ops.v_scout_liquidation as base
where
    (%(scout_id)s::integer is null or base.scout_id = %(scout_id)s::integer)
    and (%(payment_status)s::text is null or base.payment_status = %(payment_status)s::text)
    and (%(block_reason)s::text is null or base.block_reason = %(block_reason)s::text)
    and (%(milestone)s::integer is null or base.milestone_reached = %(milestone)s::integer)
    and (%(origin_tag)s::text is null or base.origin_tag = %(origin_tag)s::text);
