-- The open episodes, locked until the transaction ends. Grain and key: id.
select
    episode.id,
    episode.cause,
    episode.worst_severity,
    episode.opened_at,
    episode.problems,
    episode.notified,
    episode.notified_states,
    episode.messages,
    episode.last_message_at,
    episode.heals,
    episode.acknowledged_at is not null as is_acknowledged
from ops.alert_episodes as episode
where episode.closed_at is null
order by episode.id
for update;
