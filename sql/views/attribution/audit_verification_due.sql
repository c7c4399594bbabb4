-- Up to which link the audit chain is verified, and whether all of it is due: the last full verification is 20 hours
-- old. A verification of a time or a link that has not come yet counts for nothing.
-- Grain: one row.
create or replace view ops.audit_verification_due as
select
    coalesce(max(verification.up_to_position), 0) as position,
    coalesce(max(verification.verified_at) filter (where verification.is_full), '-infinity')
    <= now() - interval '20 hours' as is_full_due
from ops.audit_verifications as verification
where
    verification.verified_at <= clock_timestamp()
    and verification.up_to_position <= (select coalesce(max(link.position), 0) from ops.audit_chain as link);
