-- The health checks of a month, one each quarter of an hour; while an alert was open they found its problem.
-- Grain and key: checked_at.
insert into ops.health_checks (checked_at, severity, checks, unhealthy, seconds, notified_at)
select
    quarter.checked_at,
    coalesce(alert.worst_severity, 'OK'),
    39,
    case when alert.id is null then 0 else 1 end,
    0.6,
    quarter.checked_at
from generate_series(%(first_at)s::timestamptz, %(last_at)s::timestamptz, interval '15 minutes') as quarter (checked_at)
left join ops.alert_episodes as alert
    on quarter.checked_at >= alert.opened_at and quarter.checked_at < alert.closed_at;
