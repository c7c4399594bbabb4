-- Record how far the hash chain is verified, if this run's check found no error: up to the links sealed in this run. It
-- is a full verification if one was due when the run began.
-- Grain: one verification. Safe to run again: the position only grows.
insert into ops.audit_verifications (run_id, up_to_position, is_full, verified_at)
select
    %(run_id)s::integer,
    greatest(earlier.position, sealed.position, 0),
    coalesce(earlier.full_at, '-infinity') <= run.as_of - interval '20 hours',
    run.as_of
from ops.run_settings(%(run_id)s::integer) as run
cross join (
    select
        max(verification.up_to_position) as position,
        max(verification.verified_at) filter (where verification.is_full) as full_at
    from ops.audit_verifications as verification
) as earlier
cross join (
    select max(chain.position) as position
    from ops.audit_chain as chain
    inner join ops.run_steps as step on step.run_id = %(run_id)s::integer and step.step = 'seal_audit'
    where chain.sealed_at <= step.finished_at
) as sealed
where
    exists (
        select 1 from ops.check_results as result
        where
            result.run_id = %(run_id)s::integer
            and result.check_name = 'audit_chain_is_intact'
            and result.status = 'OK'
    );
