-- The open alerts. Grain and key: id. Columns as in ops.v_alert_history, and the mute of the cause that is in force.
create or replace view ops.v_open_alerts as
select
    alert.id,
    alert.cause,
    alert.severity,
    alert.worst_severity,
    alert.opened_at,
    alert.age,
    alert.problems,
    alert.checks,
    alert.messages,
    alert.last_message_at,
    alert.acknowledged_at,
    alert.acknowledged_by,
    alert.acknowledge_reason,
    alert.heals,
    mute.muted_until,
    mute.muted_by,
    mute.reason as mute_reason
from ops.v_alert_history as alert
left join lateral (
    select
        in_force.muted_until,
        in_force.muted_by,
        in_force.reason
    from ops.alert_mutes as in_force
    where
        in_force.target = alert.cause
        and in_force.ended_at is null
        and in_force.muted_until > now()
        and (in_force.episode_id is null or in_force.episode_id = alert.id)
    order by in_force.muted_until desc
    limit 1
) as mute on true
where alert.closed_at is null;
