-- The last health check before a moment whose messages were queued, and the seconds since then, or since the end of a
-- later outage of the database, which has an alert of its own. Health checks that were killed before that do not
-- count, so that the next one reports the gap. At most one row.
select
    health.checked_at,
    extract(epoch from %(moment)s::timestamptz - greatest(
        health.checked_at,
        (
            select max(outage.closed_at)
            from ops.alert_episodes as outage
            where outage.problems ? 'database.control_tower' and outage.closed_at <= %(moment)s::timestamptz
        )
    ))::float8 as gap_seconds
from ops.health_checks as health
where health.checked_at < %(moment)s::timestamptz and health.notified_at is not null
order by health.checked_at desc
limit 1;
