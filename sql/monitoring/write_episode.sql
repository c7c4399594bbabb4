-- Write the current state of an episode, open or closed. Key: id. Keeps the planned runs, and the acknowledgement
-- unless the episode got worse. Idempotent.
update ops.alert_episodes as episode
set
    severity = %(severity)s,
    worst_severity = %(worst_severity)s,
    closed_at = %(closed_at)s,
    problems = %(problems)s,
    notified = %(notified)s,
    notified_states = %(notified_states)s,
    messages = %(messages)s,
    last_message_at = %(last_message_at)s,
    acknowledged_at = case when %(is_acknowledged)s then episode.acknowledged_at end,
    acknowledged_by = case when %(is_acknowledged)s then episode.acknowledged_by end,
    acknowledge_reason = case when %(is_acknowledged)s then episode.acknowledge_reason end
where episode.id = %(id)s;
