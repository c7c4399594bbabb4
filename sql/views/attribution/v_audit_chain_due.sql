-- What is to be verified of the chain now: the links sealed since the last verification that found nothing, and all of
-- them when the last full verification is twenty hours old: with a run every four hours, no byte that was changed stays
-- undiscovered for a day. The order of all links is compared each time (`is_hashed`: their rows, too).
-- v_audit_chain verifies everything at once. Grain and key: (run_id, part).
create or replace view ops.v_audit_chain_due as
with verified as (
    select
        coalesce(max(verification.up_to_position), 0) as position,
        coalesce(max(verification.verified_at) filter (where verification.is_full), '-infinity')
        <= now() - interval '20 hours' as is_full_due
    from ops.audit_verifications as verification
)

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
cross join verified
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
