-- The next message of a channel that is due, locked for its sender: the fewest attempts first, so that a message that
-- is always refused delays no other, then the oldest. Within an episode messages keep their order, except that one
-- that only some recipients refused delays no later message. One that was queued or tried by a clock that was ahead
-- does not wait until the clock gets there.
select
    delivery.id,
    delivery.message_id,
    delivery.facts,
    delivery.attempts,
    delivery.recipients
from ops.alert_deliveries as delivery
where
    delivery.channel = %(channel)s
    and delivery.status = 'PENDING'
    and (
        delivery.next_attempt_at <= %(moment)s::timestamptz
        or coalesce(delivery.last_attempt_at, delivery.queued_at) > %(moment)s::timestamptz + interval '10 minutes'
    )
    and not exists (
        select 1
        from ops.alert_deliveries as earlier
        where
            earlier.channel = delivery.channel
            and earlier.episode_id = delivery.episode_id
            and earlier.status = 'PENDING'
            and earlier.message < delivery.message
            and (earlier.recipients is null or earlier.next_attempt_at <= %(moment)s::timestamptz)
    )
order by delivery.attempts, delivery.id
limit 1
for update skip locked;
