-- The mutes that hold at a moment, with what they hold for. Grain and key: id.
select
    mute.id,
    mute.target,
    mute.episode_id,
    mute.states
from ops.alert_mutes as mute
where
    mute.muted_at <= %(moment)s::timestamptz
    and mute.muted_until > %(moment)s::timestamptz
    and (mute.ended_at is null or mute.ended_at > %(moment)s::timestamptz)
order by mute.id;
