-- Every message of every alert, per channel. Grain: one message and channel. Filters: alert, status.
select delivery.*
from ops.v_alert_deliveries as delivery
where
    (%(alert_id)s::bigint is null or delivery.episode_id = %(alert_id)s::bigint)
    and (%(status)s::text is null or delivery.status = %(status)s::text);
