-- What the partner owes for the person, by milestone: the claims as the list of all has them.
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
from ops.v_yango_collection_list as claim
where claim.person_key = %(person_key)s::uuid
order by claim.lead_date, claim.milestone_value, claim.driver_id;
