-- Every message of every alert, per channel. Grain: one message and channel. Filters: alert, status.
select
    delivery.id,
    delivery.episode_id,
    delivery.cause,
    delivery.message,
    delivery.channel,
    delivery.kind,
    delivery.status,
    delivery.queued_at,
    delivery.attempts,
    delivery.last_attempt_at,
    delivery.next_attempt_at,
    delivery.last_error,
    delivery.sent_at
from ops.v_alert_deliveries as delivery
where
    (%(alert_id)s::bigint is null or delivery.episode_id = %(alert_id)s::bigint)
    and (%(status)s::text is null or delivery.status = %(status)s::text);
