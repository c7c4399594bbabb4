-- The open episode of a check or a cause, and its checks. At most one row: a check is in one open episode.
select
    episode.id,
    array(select jsonb_object_keys(episode.problems)) as checks
from ops.alert_episodes as episode
where episode.closed_at is null and (episode.cause = %(target)s::text or episode.problems ? %(target)s::text)
order by episode.cause <> %(target)s::text, episode.id desc
limit 1;
