-- Keep an outage of the database, which could not be kept while it lasted, as a closed episode, and return its id. May
-- be run again: the same outage is kept once.
insert into ops.alert_episodes
(cause, severity, worst_severity, opened_at, closed_at, problems, told, messages, last_message_at)
select
    %(cause)s,
    'RED',
    'RED',
    %(opened_at)s,
    %(closed_at)s,
    %(problems)s,
    %(told)s,
    %(messages)s,
    %(last_message_at)s
where
    not exists (
        select 1
        from ops.alert_episodes as kept
        where kept.cause = %(cause)s::text and kept.opened_at = %(opened_at)s::timestamptz
    )
returning id;
