-- What the partner paid and belongs to no claim now, with the claim that it belonged to. Grain: one payment. Filters:
-- milestone, what took the claim away.
select open.*
from ops.v_payments_without_claim as open
where
    (%(milestone)s::integer is null or open.milestone_value = %(milestone)s::integer)
    and (%(reason_code)s::text is null or open.reason_code = %(reason_code)s::text);
