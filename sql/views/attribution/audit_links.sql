-- Links of the audit chain with whether each follows its predecessor, and completed attribution runs that have no link
-- (position NULL: it was deleted). Computes no hash.
-- Grain and key: (run_id, part).
create or replace view ops.audit_links as
select
    chain.position,
    chain.run_id,
    chain.part,
    chain.audit_rows,
    chain.previous_hash,
    chain.hash,
    chain.covers,
    chain.sealed_at,
    chain.previous_hash = coalesce(lag(chain.hash) over (order by chain.position), ''::bytea) as is_in_its_place
from ops.audit_chain as chain
union all
select
    null,
    run.id,
    'backfills',
    null,
    null,
    null,
    null,
    null,
    false
from ops.ingestion_runs as run
where
    run.job_type::text = 'scout_attribution_refresh'
    and run.status = 'COMPLETED'
    and run.parameters is not null
    and not exists (select 1 from ops.audit_chain as chain where chain.run_id = run.id and chain.part = 'backfills');
