-- What the partner owes for the person, by milestone.
select
    claim.driver_id,
    claim.milestone_value,
    claim.lead_date,
    claim.expected_amount,
    claim.yango_due_date,
    claim.days_overdue_yango,
    claim.yango_payment_status,
    claim.pay_date,
    claim.reason_code
from ops.mv_yango_cabinet_claims_for_collection as claim
where claim.person_key = %(person_key)s::uuid
order by claim.lead_date, claim.milestone_value, claim.driver_id;
