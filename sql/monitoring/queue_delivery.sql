-- Queue a message for a channel. Key: episode_id, message, channel. No REPEATED message while an earlier message of
-- the episode waits, which says the same; no CLOSED message where all messages before it were given up, since nobody
-- received one. Idempotent.
insert into ops.alert_deliveries
(episode_id, message, channel, kind, message_id, facts, queued_at, next_attempt_at)
select
    %(episode_id)s,
    %(message)s,
    %(channel)s,
    %(kind)s,
    %(message_id)s,
    %(facts)s,
    %(moment)s,
    %(moment)s
from (
    select
        coalesce(bool_or(earlier.status = 'PENDING'), false) as is_waiting,
        coalesce(bool_and(earlier.status = 'GIVEN_UP'), false) as is_given_up
    from ops.alert_deliveries as earlier
    where earlier.episode_id = %(episode_id)s and earlier.channel = %(channel)s
) as before
where
    not (%(kind)s = 'REPEATED' and before.is_waiting)
    and not (%(kind)s = 'CLOSED' and before.is_given_up)
on conflict (episode_id, message, channel) do nothing;
