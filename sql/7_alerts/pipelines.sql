-- The state of each pipeline at a moment, with the DAG run of its last run. Grain: job_type.
select
    health.job_type,
    health.severity,
    health.state,
    health.states,
    health.last_completed_at,
    health.age,
    health.last_run_id,
    health.last_run_status,
    health.last_run_error,
    health.running_since,
    health.dag_id,
    run.dag_run_id
from ops.v_pipeline_health_at(%(moment)s::timestamptz) as health
left join ops.v_ingestion_runs as run on run.run_id = health.last_run_id
where health.job_type = any(%(job_types)s::text[]);
