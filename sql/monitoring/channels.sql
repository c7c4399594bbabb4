-- Deliveries per channel: failed messages that still wait, since when the oldest of them waits, and failed messages
-- that were given up during the last day. Grain and key: channel.
select
    delivery.channel,
    count(*) filter (where delivery.status = 'PENDING' and delivery.attempts > 0) as failing,
    extract(epoch from %(moment)s::timestamptz - min(delivery.queued_at) filter (
        where delivery.status = 'PENDING' and delivery.attempts > 0
    ))::float8 as failing_seconds,
    count(*) filter (
        where
        delivery.status = 'GIVEN_UP'
        and delivery.attempts > 0
        and delivery.queued_at + %(longest)s::interval > %(moment)s::timestamptz - interval '1 day'
    ) as given_up,
    max(delivery.sent_at) as last_sent_at,
    (array_agg(delivery.last_error order by delivery.last_attempt_at desc) filter (
        where delivery.status <> 'SENT' and delivery.attempts > 0
    ))[1] as last_error
from ops.alert_deliveries as delivery
group by delivery.channel;
