-- Remove checks that no longer exist: those of completely probed groups that have no result. Idempotent.
with removed as (
    delete from ops.check_states as known
    where
        split_part(known.check_name, '.', 1) = any(%(groups)s::text[])
        and known.check_name <> all(%(found)s::text[])
        and (
            known.checked_at <= %(moment)s::timestamptz
            or known.checked_at > %(moment)s::timestamptz + interval '10 minutes'
        )
    returning known.check_name, known.severity, known.state
)

insert into ops.check_state_changes
(check_name, severity_old, state_old, severity_new, state_new, value, changed_at)
select
    removed.check_name,
    removed.severity,
    removed.state,
    'UNKNOWN',
    'REMOVED',
    '{}',
    %(moment)s
from removed;
