-- The chain of audited runs, each hash computed anew from the rows as they stand, and attribution runs that
-- completed but have no place in the chain (position NULL): their link was taken away. Grain and key: (run_id,
-- part).
create or replace view ops.v_audit_chain as
select
    link.position,
    link.run_id,
    link.audit_rows,
    link.sealed_at,
    found.audit_rows as audit_rows_found,
    link.previous_link_hash = link.previous_hash
    and found.hash = link.hash
    and found.audit_rows = link.audit_rows as is_intact,
    link.part
from (
    select
        chain.*,
        coalesce(lag(chain.hash) over (order by chain.position), ''::bytea) as previous_link_hash
    from ops.audit_chain as chain
) as link
cross join lateral ops.audit_hash(link.run_id, link.part, link.previous_hash) as found
union all
select
    null,
    run.id,
    null,
    null,
    null,
    false,
    'backfills'
from ops.ingestion_runs as run
where
    run.job_type::text = 'scout_attribution_refresh'
    and run.status = 'COMPLETED'
    and run.parameters is not null
    and not exists (select 1 from ops.audit_chain as chain where chain.run_id = run.id and chain.part = 'backfills');
