-- Bound the history: drop state changes, past health checks and their invariants' results, and the messages of
-- episodes that closed, when they are older than the days of the setting. Audited rows and runs' results stay.
delete from ops.check_state_changes as change
where change.changed_at < %(moment)s::timestamptz - make_interval(days => %(days)s);

delete from ops.health_checks as health
where health.checked_at < %(moment)s::timestamptz - make_interval(days => %(days)s);

delete from ops.check_results as result
where result.run_id is null and result.checked_at < %(moment)s::timestamptz - make_interval(days => %(days)s);

delete from ops.alert_episodes as episode
where episode.closed_at < %(moment)s::timestamptz - make_interval(days => %(days)s);
