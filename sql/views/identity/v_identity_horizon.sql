-- The oldest transaction that was open when the last completed identity run without a scope began to read. Every source
-- row written by an older transaction must be in links or unmatched. One row, or none before the first such run.
create or replace view ops.v_identity_horizon as
select
    run.id as run_id,
    ((run.parameters ->> 'snapshot_xmin')::numeric % 4294967296)::text::xid as oldest_open_transaction
from ops.ingestion_runs as run
where
    run.parameters ? 'snapshot_xmin'
    and run.scope_date_from is null
    and run.scope_date_to is null
    and not run.parameters ? 'source_tables'
    and exists (select 1 from ops.run_steps as step where step.run_id = run.id and step.step = 'lead_events')
order by run.id desc
limit 1;
