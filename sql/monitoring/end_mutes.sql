-- End the mutes of a target that are in force. Idempotent.
update ops.alert_mutes as mute
set
    ended_at = %(moment)s::timestamptz,
    ended_by = %(who)s
where
    mute.target = %(target)s
    and mute.ended_at is null
    and mute.muted_until > %(moment)s::timestamptz;
