-- The checks that found a problem, since how many whole days, and the number of open conflicts. Grain and key:
-- check_name.
select
    found.check_name,
    found.severity,
    found.state,
    floor(extract(epoch from now() - found.since) / 86400)::integer as days,
    (select count(*) from ops.v_scout_attribution_conflicts) as conflicts
from ops.v_check_results as found
where found.severity in ('YELLOW', 'RED')
order by found.severity = 'RED' desc, found.check_name;
