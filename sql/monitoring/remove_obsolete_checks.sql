-- Forget checks that exist no more: those of the groups that were looked at completely, but were not found. May be run
-- again.
with gone as (
    delete from ops.check_states as kept
    where
        split_part(kept.check_name, '.', 1) = any(%(groups)s::text[])
        and kept.check_name <> all(%(found)s::text[])
        and (
            kept.checked_at <= %(moment)s::timestamptz
            or kept.checked_at > %(moment)s::timestamptz + interval '10 minutes'
        )
    returning kept.check_name, kept.severity, kept.state
)

insert into ops.check_state_changes
(check_name, severity_old, state_old, severity_new, state_new, value, changed_at)
select
    gone.check_name,
    gone.severity,
    gone.state,
    'UNKNOWN',
    'REMOVED',
    '{}',
    %(moment)s
from gone;
