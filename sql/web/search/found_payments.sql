-- The claims that a payment of the partner paid, by its key, or the payment if it belongs to none. Grain: one claim or
-- payment.
select
    claim.payment_key,
    claim.person_key,
    claim.driver_id::text as driver_id,
    claim.milestone_value,
    claim.expected_amount as amount,
    claim.currency::text as currency,
    true as has_claim
from ops.v_yango_collection_list as claim
where claim.payment_key = %(payment_key)s::text
union all
select
    payment.payment_key,
    payment.person_key,
    payment.driver_id::text,
    payment.milestone_value,
    payment.expected_amount,
    payment.currency::text,
    false
from ops.v_payments_without_claim as payment
where payment.payment_key = %(payment_key)s::text;
