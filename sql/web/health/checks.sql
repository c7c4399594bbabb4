-- The latest result of each check. Grain: one check. Filter: severity.
select
    result.*,
    case result.severity when 'RED' then 3 when 'YELLOW' then 2 when 'UNKNOWN' then 1 else 0 end as badness
from ops.v_check_results as result
where %(severity)s::text is null or result.severity = %(severity)s::text;
