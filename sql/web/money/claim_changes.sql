-- What refreshes changed in the claims on the partner. Grain: one change of one claim. Filters: only those of the last
-- refresh, milestone, cause.
select change.*
from ops.v_claim_change_history as change
where
    (not %(last_only)s::boolean or change.is_of_last_refresh)
    and (%(milestone)s::integer is null or change.milestone_value = %(milestone)s::integer)
    and (%(reason_code)s::text is null or change.reason_code = %(reason_code)s::text);
