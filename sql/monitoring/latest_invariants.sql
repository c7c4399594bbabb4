-- The latest result of each invariant that has one, from a pipeline's run or a health check, and of when the latest is
-- for which all rows were checked, with its seconds. Grain and key: check_name. Results more than 10 minutes ahead of
-- the moment come from a wrong clock and do not count.
select
    latest.check_name,
    latest.status,
    latest.offenders,
    latest.sample,
    latest.error,
    latest.checked_at,
    latest.is_retryable,
    latest.run_id,
    latest.writes_seen,
    latest.is_full,
    extract(epoch from %(moment)s::timestamptz - latest.checked_at)::float8 as age_seconds,
    coalesce(of_all.seconds, latest.seconds)::float8 as seconds,
    coalesce(extract(epoch from %(moment)s::timestamptz - of_all.checked_at)::float8, 'infinity') as full_age_seconds
from unnest(%(names)s::text[]) as wanted (check_name)
cross join lateral ( -- one index probe per name
    select result.*
    from ops.check_results as result
    where
        result.check_name = wanted.check_name
        and result.checked_at <= %(moment)s::timestamptz + interval '10 minutes'
    order by result.checked_at desc, result.id desc
    limit 1
) as latest
left join lateral (
    select
        result.checked_at,
        result.seconds
    from ops.check_results as result
    where
        result.check_name = wanted.check_name
        and result.is_full
        and result.checked_at <= %(moment)s::timestamptz + interval '10 minutes'
    order by result.checked_at desc, result.id desc
    limit 1
) as of_all on true;
