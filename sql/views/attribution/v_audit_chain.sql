-- The audit chain with each hash recomputed from the current rows, and completed attribution runs that have no link
-- (position NULL: it was deleted). Reading it verifies the whole chain.
-- Grain and key: (run_id, part).
create or replace view ops.v_audit_chain as
select
    link.position,
    link.run_id,
    link.audit_rows,
    link.sealed_at,
    found.audit_rows as audit_rows_found,
    link.is_in_its_place and found.hash = link.hash and found.audit_rows = link.audit_rows as is_intact,
    link.part
from ops.audit_links as link
left join lateral (
    select hashed.audit_rows, hashed.hash
    from ops.audit_hash(link.run_id, link.part, link.previous_hash) as hashed
    where link.part <> 'decisions' and link.position is not null
    union all
    select hashed.audit_rows, hashed.hash
    from ops.decisions_hash(link.covers, link.run_id, link.previous_hash) as hashed
    where link.part = 'decisions'
) as found on true;
