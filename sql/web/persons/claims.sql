-- What the partner owes for the person, by milestone: the claims as the list of all has them.
select claim.*
from ops.v_yango_collection_list as claim
where claim.person_key = %(person_key)s::uuid
order by claim.lead_date, claim.milestone_value, claim.driver_id;
