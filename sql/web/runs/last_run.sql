-- The newest run of a job, if there is one.
select
    run.run_id,
    run.status,
    run.started_at,
    run.ended_at,
    run.duration_seconds,
    run.summary,
    run.error
from ops.v_ingestion_runs as run
where run.job_type = %(job_type)s::text
order by run.started_at desc, run.run_id desc
limit 1;
