-- From which scout to which scout persons would go, the most first. One row per pair.
select
    difference.scout_before,
    difference.scout_after,
    count(*) as persons
from pg_temp.rehearsed_differences as difference
where
    difference.subject = 'ledger'
    and difference.scout_before is distinct from difference.scout_after
group by difference.scout_before, difference.scout_after
order by count(*) desc, difference.scout_before, difference.scout_after
limit %(most_rows)s::integer;
