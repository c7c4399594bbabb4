-- Up to where open scouting rows were decided on: the oldest transaction that was still open when the last run began
-- whose link backfill finished. Whatever older transactions wrote, it has seen. NULL: decide on all of them, because
-- there was no such run, or transactions are counted anew since (a restored database), or once round. One row.
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
