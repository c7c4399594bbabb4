-- Record an outage of the database as a closed episode and return its id. Key: cause, opened_at. Idempotent: the same
-- outage is recorded once, and running again moves its end.
with prolonged as (
    update ops.alert_episodes as episode
    set
        closed_at = %(closed_at)s,
        severity = %(severity)s,
        worst_severity = case when episode.worst_severity = 'RED' then 'RED' else %(severity)s::text end,
        problems = %(problems)s,
        notified = %(notified)s,
        messages = %(messages)s,
        last_message_at = %(last_message_at)s
    where
        episode.cause = %(cause)s::text
        and episode.opened_at = %(opened_at)s::timestamptz
        and episode.closed_at is not null
    returning episode.id
),

inserted as (
    insert into ops.alert_episodes
    (cause, severity, worst_severity, opened_at, closed_at, problems, notified, messages, last_message_at)
    select
        %(cause)s,
        %(severity)s,
        %(severity)s,
        %(opened_at)s,
        %(closed_at)s,
        %(problems)s,
        %(notified)s,
        %(messages)s,
        %(last_message_at)s
    where not exists (select 1 from prolonged)
    returning id
)

select prolonged.id from prolonged
union all
select inserted.id from inserted;
