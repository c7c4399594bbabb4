-- Delete what is older than the days of the setting: state changes, health checks, results of invariants except the
-- latest of each, closed episodes with their messages, messages of open episodes that were sent or given up, and ended
-- mutes; and volumes of days with which nothing is compared any more. Idempotent.
delete from ops.check_state_changes as change
where change.changed_at < %(moment)s::timestamptz - make_interval(days => %(days)s);

delete from ops.health_checks as health
where health.checked_at < %(moment)s::timestamptz - make_interval(days => %(days)s);

delete from ops.check_results as result
where
    result.checked_at < %(moment)s::timestamptz - make_interval(days => %(days)s)
    and exists (
        select 1 from ops.check_results as later
        where later.check_name = result.check_name and later.checked_at > result.checked_at
    );

delete from ops.alert_episodes as episode
where episode.closed_at < %(moment)s::timestamptz - make_interval(days => %(days)s);

delete from ops.alert_deliveries as delivery
where
    delivery.status <> 'PENDING'
    and delivery.queued_at < %(moment)s::timestamptz - make_interval(days => %(days)s);

delete from ops.alert_mutes as mute
where
    least(mute.muted_until, mute.ended_at) < %(moment)s::timestamptz - make_interval(days => %(days)s);

delete from ops.source_volumes as volume
where volume.day < %(moment)s::timestamptz - interval '100 days';
