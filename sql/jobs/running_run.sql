-- The RUNNING run of a job, newest first, whether a step locks its row now, and the seconds since its last heartbeat or
-- finished step; runs of older programs have only their start. Signs of life that are ahead of the clock do not count,
-- since the clock was wrong: is_ahead says that the heartbeat is one of them, or that there is no other.
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
),

signs as (
    select max(sign.seen_at) filter (where sign.seen_at <= clock_timestamp()) as last_at
    from running
    inner join ops.ingestion_runs as run on run.id = running.id
    cross join lateral (
        select run.started_at as seen_at
        union all
        select run.heartbeat_at
        union all
        select step.finished_at from ops.run_steps as step where step.run_id = run.id
    ) as sign
)

select
    run.id,
    run.dag_run_id,
    run.started_at,
    not exists (select 1 from free) as is_held,
    coalesce(extract(epoch from clock_timestamp() - signs.last_at), 0)::float8 as silent_seconds,
    coalesce(run.heartbeat_at > clock_timestamp(), false) or signs.last_at is null as is_ahead
from running
inner join ops.ingestion_runs as run on run.id = running.id
cross join signs;
