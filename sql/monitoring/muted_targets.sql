-- The checks and causes that are muted at a moment. Grain and key: target.
select distinct mute.target
from ops.alert_mutes as mute
where
    mute.muted_at <= %(moment)s::timestamptz
    and mute.muted_until > %(moment)s::timestamptz
    and (mute.ended_at is null or mute.ended_at > %(moment)s::timestamptz);
