-- How many checks of each group are in which state at a moment. Grain: check_group.
select
    split_part(result.check_name, '.', 1) as check_group,
    count(*) filter (where result.severity = 'OK') as ok,
    count(*) filter (where result.severity = 'YELLOW') as yellow,
    count(*) filter (where result.severity = 'RED') as red,
    count(*) filter (where result.severity = 'UNKNOWN') as unknown
from ops.v_check_results_at(%(moment)s) as result
group by 1
order by 1;
