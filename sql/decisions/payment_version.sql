-- The version of a payment that waits for an explanation (see ops.v_review_cases). No row: it does not wait.
select waiting.case_version
from ops.v_review_cases as waiting
where waiting.case_kind = 'UNEXPLAINED_PAYMENT' and waiting.case_key = %(payment_key)s::text;
