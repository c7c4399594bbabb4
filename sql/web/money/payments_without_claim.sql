-- What the partner paid and belongs to no claim now, with the claim that it belonged to. Grain: one payment. Filters:
-- milestone, what took the claim away, whether a human has explained it.
select open.*
from ops.v_payments_without_claim as open
where
    (%(milestone)s::integer is null or open.milestone_value = %(milestone)s::integer)
    and (%(reason_code)s::text is null or open.reason_code = %(reason_code)s::text)
    and (%(explained)s::boolean is null or (open.explained_at is not null) = %(explained)s::boolean);
