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
    coalesce(silent.checks, '{}') as muted_checks,
    alert.heals
from ops.v_open_alerts as alert
left join (
    select
        check_result.episode_id,
        jsonb_object_agg(check_result.check_name, check_result.muted_until) as checks
    from ops.v_check_results as check_result
    where check_result.muted_until is not null
    group by check_result.episode_id
) as silent on silent.episode_id = alert.id
where %(severity)s::text is null or alert.severity = %(severity)s::text;
