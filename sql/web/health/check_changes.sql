-- Changes of state of checks, the newest first. Grain: one change. Filter: check.
select change.*
from ops.v_check_state_changes as change
where %(check_name)s::text is null or change.check_name = %(check_name)s::text;
