-- The oldest transaction that was open when the last run whose backfill_links step finished began: that run has seen
-- everything older transactions wrote. NULL: decide on all open rows, because there was no such run, or because
-- transaction ids restarted (restored database) or wrapped around. One row.
with last_run as (
    select (run.parameters ->> 'snapshot_xmin')::numeric as oldest_open
    from ops.ingestion_runs as run
    where
        run.job_type::text = 'scout_attribution_refresh'
        and run.parameters ? 'snapshot_xmin'
        and exists (select 1 from ops.run_steps as step where step.run_id = run.id and step.step = 'backfill_links')
    order by run.id desc
    limit 1
),

present as (
    select pg_snapshot_xmax(pg_current_snapshot())::text::numeric as next_transaction
)

select
    case
        when last_run.oldest_open between present.next_transaction - 2000000000 and present.next_transaction
            then (last_run.oldest_open % 4294967296)::text
    end as oldest_open
from present
left join last_run on true;
