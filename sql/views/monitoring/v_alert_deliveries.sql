-- Every message of every alert, per channel: PENDING (with last_error after a failed attempt), SENT, GIVEN_UP. Grain
-- and key: id.
create or replace view ops.v_alert_deliveries as
select
    delivery.id,
    delivery.episode_id,
    episode.cause,
    delivery.message,
    delivery.channel,
    delivery.kind,
    delivery.status,
    delivery.queued_at,
    delivery.attempts,
    delivery.last_attempt_at,
    case when delivery.status = 'PENDING' then delivery.next_attempt_at end as next_attempt_at,
    delivery.last_error,
    delivery.sent_at,
    delivery.message_id
from ops.alert_deliveries as delivery
inner join ops.alert_episodes as episode on episode.id = delivery.episode_id;
