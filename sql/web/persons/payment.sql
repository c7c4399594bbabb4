-- What the person is worth to its scout.
select
    base.scout_id,
    base.driver_id,
    base.origin_tag,
    base.lead_date,
    base.milestone_reached,
    base.milestone_date,
    base.eligible_7d,
    base.amount_payable,
    base.currency,
    base.payable_date,
    base.payment_status,
    base.block_reason
from ops.v_scout_payment_base as base
where base.person_key = %(person_key)s::uuid;
