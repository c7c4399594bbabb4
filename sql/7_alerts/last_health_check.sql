-- The last time that everything was looked at before a moment, and for how long nobody has looked since: from there, or
-- from the end of an outage of the database, which was told by itself.
select
    health.checked_at,
    extract(epoch from %(moment)s::timestamptz - greatest(
        health.checked_at,
        (
            select max(outage.closed_at)
            from ops.alert_episodes as outage
            where outage.cause = 'database' and outage.closed_at <= %(moment)s::timestamptz
        )
    ))::float8 as gap_seconds
from ops.health_checks as health
where health.checked_at < %(moment)s::timestamptz
order by health.checked_at desc
limit 1;
