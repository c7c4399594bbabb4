-- How many records the tried weights decide otherwise. Key: (kind, match_rule).
select
    changed.kind,
    coalesce(changed.match_rule, 'none') as match_rule,
    count(*)::integer as records
from pg_temp.changed_outcomes as changed
group by changed.kind, changed.match_rule
order by changed.kind, changed.match_rule;
