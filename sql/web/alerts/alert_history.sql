-- Every alert, open or over. Grain: one alert. Filter: cause.
select
    alert.id,
    alert.cause,
    alert.severity,
    alert.worst_severity,
    alert.opened_at,
    alert.closed_at,
    alert.age,
    alert.problems,
    alert.messages,
    alert.last_message_at,
    alert.acknowledged_at,
    alert.acknowledged_by,
    alert.acknowledge_reason,
    alert.heals
from ops.v_alert_history as alert
where %(cause)s::text is null or alert.cause = %(cause)s::text;
