-- The latest result of every check. Grain and key: check_name.
select
    latest.check_name,
    latest.severity,
    latest.state,
    latest.cause,
    latest.value,
    latest.limit_value as "limit",
    latest.details,
    latest.since
from ops.check_states as latest
order by latest.check_name;
