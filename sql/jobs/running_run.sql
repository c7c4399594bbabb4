-- The RUNNING run of a job, newest first, whether a step locks its row now, and the seconds since its last heartbeat or
-- finished step; runs of older programs have only their start.
with running as (
    select run.id
    from ops.ingestion_runs as run
    where run.job_type = %(job_type)s::public.jobtype and run.status = 'RUNNING'
    order by run.id desc
    limit 1
),

free as (
    select run.id
    from ops.ingestion_runs as run
    where run.id = (select running.id from running)
    for update skip locked
)

select
    run.id,
    run.dag_run_id,
    not exists (select 1 from free) as is_held,
    extract(epoch from clock_timestamp() - greatest(
        run.started_at,
        run.heartbeat_at,
        (select max(step.finished_at) from ops.run_steps as step where step.run_id = run.id)
    ))::float8 as silent_seconds
from running
inner join ops.ingestion_runs as run on run.id = running.id;
