-- The latest result of each invariant that has one, whoever ran it. Grain and key: check_name.
select distinct on (result.check_name)
    result.check_name,
    result.status,
    result.offenders,
    result.sample,
    result.error,
    result.checked_at,
    result.seconds::float8 as seconds,
    result.run_id,
    extract(epoch from %(moment)s::timestamptz - result.checked_at)::float8 as age_seconds
from ops.check_results as result
where result.check_name = any(%(names)s::text[])
order by result.check_name asc, result.checked_at desc, result.id desc;
