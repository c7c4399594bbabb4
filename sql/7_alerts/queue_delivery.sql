-- Put a message into the outbox, once per episode, message and channel. A repeat is left out where an earlier message
-- of the episode still waits: that one tells as much. May be run again.
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
where
    %(kind)s <> 'REPEATED'
    or not exists (
        select 1
        from ops.alert_deliveries as waiting
        where
            waiting.episode_id = %(episode_id)s and waiting.channel = %(channel)s and waiting.status = 'PENDING'
    )
on conflict (episode_id, message, channel) do nothing;
