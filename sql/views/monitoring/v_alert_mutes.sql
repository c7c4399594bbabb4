-- Every mute of alerts. Grain and key: id. `target`: the check or the cause. `states`: by check name, the states that
-- are silent in the alert episode_id; NULL while it waits for a first problem. `ended_by`: who lifted it, or
-- pipeline_health where what was muted is over.
create or replace view ops.v_alert_mutes as
select
    mute.id,
    mute.target,
    mute.episode_id,
    mute.states,
    mute.reason,
    mute.muted_by,
    mute.muted_at,
    mute.muted_until,
    mute.ended_at,
    mute.ended_by,
    mute.muted_until > now() and mute.ended_at is null as is_in_force
from ops.alert_mutes as mute;
