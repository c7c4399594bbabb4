-- Record the result of one check, and its change of state if there is one. Key: check_name. An older result does not
-- replace a newer one, unless the newer one is more than 10 minutes ahead, which comes from a wrong clock. Idempotent:
-- the same result is no change.
with before as (
    select
        latest.severity,
        latest.state,
        latest.checked_at
    from ops.check_states as latest
    where latest.check_name = %(check_name)s
),

changed as (
    insert into ops.check_state_changes
    (check_name, severity_old, state_old, severity_new, state_new, value, changed_at)
    select
        %(check_name)s,
        before.severity,
        before.state,
        %(severity)s,
        %(state)s,
        %(value)s,
        %(moment)s
    from (select 1) as always
    left join before on true
    where
        (before.severity, before.state) is distinct from (%(severity)s::text, %(state)s::text)
        and (
            before.checked_at is null
            or before.checked_at <= %(moment)s::timestamptz
            or before.checked_at > %(moment)s::timestamptz + interval '10 minutes'
        )
    returning 1
)

insert into ops.check_states as known
(check_name, subject, cause, severity, state, value, limit_value, details, since, checked_at)
values (
    %(check_name)s, %(subject)s, %(cause)s, %(severity)s, %(state)s, %(value)s, %(limit_value)s, %(details)s,
    %(moment)s, %(moment)s
)
on conflict (check_name) do update
set
    subject = excluded.subject,
    cause = excluded.cause,
    severity = excluded.severity,
    state = excluded.state,
    value = excluded.value,
    limit_value = excluded.limit_value,
    details = excluded.details,
    since = case
        when (known.severity, known.state) = (excluded.severity, excluded.state) then least(known.since, excluded.since)
        else excluded.since
    end,
    checked_at = excluded.checked_at
where
    known.checked_at <= excluded.checked_at
    or known.checked_at > excluded.checked_at + interval '10 minutes';
