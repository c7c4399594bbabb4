-- The open alerts: what is wrong now, by cause. Grain and key: id. Columns as in ops.v_alert_history, and whether the
-- alert is silent: until when, by whom, why.
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
        silence.muted_until,
        silence.muted_by,
        silence.reason
    from ops.alert_mutes as silence
    where silence.target = alert.cause and silence.ended_at is null and silence.muted_until > now()
    order by silence.muted_until desc
    limit 1
) as mute on true
where alert.closed_at is null;
