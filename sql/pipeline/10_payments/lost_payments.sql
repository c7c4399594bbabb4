-- The payments that record_lost_payments has just recorded. Grain and key: payment_key.
select open.*
from ops.v_payments_without_claim as open
where open.payment_key in (select lost.payment_key from lost_payments as lost)
order by open.expected_amount desc nulls last, open.payment_key;
