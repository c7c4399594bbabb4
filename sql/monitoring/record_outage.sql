-- Keep an outage of the database, which could not be kept while it lasted, as a closed episode, and return its id. May
-- be run again: the same outage is kept once, and lasts until it was last found over.
with prolonged as (
    update ops.alert_episodes as kept
    set
        closed_at = %(closed_at)s,
        severity = %(severity)s,
        worst_severity = case when kept.worst_severity = 'RED' then 'RED' else %(severity)s::text end,
        problems = %(problems)s,
        notified = %(notified)s,
        messages = %(messages)s,
        last_message_at = %(last_message_at)s
    where kept.cause = %(cause)s::text and kept.opened_at = %(opened_at)s::timestamptz and kept.closed_at is not null
    returning kept.id
),

kept_first as (
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
select kept_first.id from kept_first;
