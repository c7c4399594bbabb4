-- The state of each pipeline at a moment, with the run to look at: the failed one until a later run completes, even if
-- the next is running, else the last one. Grain and key: job_type.
select
    health.*,
    run.run_id,
    run.dag_run_id
from ops.v_pipeline_health_at(%(moment)s::timestamptz) as health
left join lateral (
    select last_failed.run_id
    from ops.v_ingestion_runs as last_failed
    where
        'RED_RUN_FAILED' = any(health.states)
        and last_failed.job_type = health.job_type
        and last_failed.status = 'FAILED'
        and last_failed.started_at <= %(moment)s::timestamptz + interval '1 hour'
    order by last_failed.started_at desc, last_failed.run_id desc
    limit 1
) as failed on true
left join ops.v_ingestion_runs as run on run.run_id = coalesce(failed.run_id, health.last_run_id)
where health.job_type = any(%(job_types)s::text[]);
