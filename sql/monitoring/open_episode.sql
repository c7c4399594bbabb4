-- Open an episode and return its id. A unique index allows one open episode per cause.
insert into ops.alert_episodes
(cause, severity, worst_severity, opened_at, problems, notified, notified_states, messages, last_message_at)
values (
    %(cause)s, %(severity)s, %(worst_severity)s, %(opened_at)s, %(problems)s, %(notified)s, %(notified_states)s,
    %(messages)s, %(last_message_at)s
)
returning id;
