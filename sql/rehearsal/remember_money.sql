-- The claims on the partner and what scouts are due at %(moment)s, as the last refresh left them. Into rehearsed_claims
-- and rehearsed_payments. Grain and key: those of the read models, per moment. Repeatable after deleting that moment.
insert into pg_temp.rehearsed_claims (moment, driver_id, milestone, currency, person_key, scout_id, amount, status)
select
    %(moment)s,
    claim.driver_id,
    claim.milestone_value,
    claim.currency,
    claim.person_key,
    claim.scout_id,
    claim.expected_amount,
    claim.yango_payment_status
from canon.partner_claims as claim;

insert into pg_temp.rehearsed_payments (moment, person_key, currency, scout_id, amount, status, reason)
select
    %(moment)s,
    payment.person_key,
    payment.currency,
    payment.scout_id,
    payment.amount_payable,
    payment.payment_status,
    payment.block_reason
from canon.scout_payments as payment;
