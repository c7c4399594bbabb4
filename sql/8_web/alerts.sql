-- The open alerts. Grain: one alert. Filter: severity.
select
    alert.id,
    alert.cause,
    alert.severity,
    alert.worst_severity,
    alert.opened_at,
    alert.age,
    alert.problems,
    alert.messages,
    alert.last_message_at,
    alert.acknowledged_at,
    alert.acknowledged_by,
    alert.acknowledge_reason,
    alert.muted_until,
    alert.muted_by,
    alert.mute_reason,
    alert.heals
from ops.v_open_alerts as alert
where %(severity)s::text is null or alert.severity = %(severity)s::text;
