-- Runs of the two jobs. Grain: one run. Filters: job, status.
select
    run.run_id,
    run.job_type,
    run.status,
    run.started_at,
    run.ended_at,
    run.duration_seconds,
    run.scope_date_from,
    run.scope_date_to,
    run.incremental,
    run.summary,
    run.error,
    run.dag_id,
    run.dag_run_id
from ops.v_ingestion_runs as run
where
    (%(job_type)s::text is null or run.job_type = %(job_type)s::text)
    and (%(status)s::text is null or run.status = %(status)s::text);
