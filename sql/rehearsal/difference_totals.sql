-- Differences by subject, kind and, of links, source. One row each.
select
    difference.subject,
    difference.kind,
    case when difference.subject = 'link' then difference.source_table end as source_table,
    count(*) as differences
from pg_temp.rehearsed_differences as difference
where difference.subject <> 'object'
group by 1, 2, 3
order by 1, 2, 3;
