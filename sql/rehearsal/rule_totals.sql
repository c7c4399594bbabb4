-- Links by source and rule, and open unmatched records by reason, before and after. One row each.
select
    'link' as subject,
    link.source_table,
    link.match_rule as name,
    count(*) filter (where link.moment = 'before') as before,
    count(*) filter (where link.moment = 'after') as after
from pg_temp.rehearsed_links as link
where link.person_key is not null
group by link.source_table, link.match_rule
union all
select
    'contested',
    link.source_table,
    link.reason_code,
    count(*) filter (where link.moment = 'before'),
    count(*) filter (where link.moment = 'after')
from pg_temp.rehearsed_links as link
where link.reason_code is not null
group by link.source_table, link.reason_code
union all
select
    'unmatched',
    null,
    unmatched.reason_code,
    coalesce(sum(unmatched.records) filter (where unmatched.moment = 'before'), 0)::bigint,
    coalesce(sum(unmatched.records) filter (where unmatched.moment = 'after'), 0)::bigint
from pg_temp.rehearsed_unmatched as unmatched
group by unmatched.reason_code
order by subject, source_table, name;
