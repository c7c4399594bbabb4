-- A payment that belongs to no claim, with the claim that it belonged to.
select payment.*
from ops.v_payments_without_claim as payment
where payment.payment_key = %(payment_key)s::text;
