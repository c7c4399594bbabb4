-- The last time before a moment that everything was looked at and what was found was told, and for how long that has
-- not happened since: from there, or from the end of an outage of the database, which was told by itself. A look that
-- ended before it was told has told of no gap: the next one finds it again.
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
