-- Every alert, open or closed. Grain and key: id. `problems`: the unhealthy checks, of a closed alert as of its end;
-- `age`: from its opening to its end, or to now; `heals`: runs that Control Tower started by itself.
create or replace view ops.v_alert_history as
select
    episode.id,
    episode.cause,
    episode.severity,
    episode.worst_severity,
    episode.opened_at,
    episode.closed_at,
    coalesce(episode.closed_at, now()) - episode.opened_at as age,
    episode.problems,
    array(select jsonb_object_keys(episode.problems) order by 1) as checks,
    episode.messages,
    episode.last_message_at,
    episode.acknowledged_at,
    episode.acknowledged_by,
    episode.acknowledge_reason,
    episode.heals
from ops.alert_episodes as episode;
