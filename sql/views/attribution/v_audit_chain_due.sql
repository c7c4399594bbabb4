-- The part of the audit chain to verify now: links sealed since the last successful verification, or all links when the
-- last full verification is 20 hours old, so that a changed byte is found within a day. The order of all links is
-- always compared; `is_hashed`: the rows of this link are hashed, too.
-- Grain and key: (run_id, part).
create or replace view ops.v_audit_chain_due as
select
    link.position,
    link.run_id,
    link.part,
    link.audit_rows,
    found.audit_rows as audit_rows_found,
    link.is_in_its_place
    and (not due.is_due or (found.hash = link.hash and found.audit_rows = link.audit_rows)) as is_intact,
    due.is_due as is_hashed,
    verified.is_full_due
from ops.audit_links as link
cross join ops.audit_verification_due as verified
cross join lateral (select verified.is_full_due or link.position > verified.position as is_due) as due
left join lateral (
    select hashed.audit_rows, hashed.hash
    from ops.audit_hash(link.run_id, link.part, link.previous_hash) as hashed
    where due.is_due and link.part <> 'decisions'
    union all
    select hashed.audit_rows, hashed.hash
    from ops.decisions_hash(link.covers, link.run_id, link.previous_hash) as hashed
    where due.is_due and link.part = 'decisions'
) as found on true;
