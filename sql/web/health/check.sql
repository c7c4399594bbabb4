-- The latest result of one check; no row: there is none of this name.
select result.*
from ops.v_check_results as result
where result.check_name = %(check_name)s::text;
