-- Both pipelines as they stand now. Grain: one pipeline.
select
    pipeline.job_type,
    pipeline.severity,
    pipeline.state,
    pipeline.states,
    pipeline.last_completed_at,
    pipeline.age,
    pipeline.last_run_id,
    pipeline.last_run_status,
    pipeline.last_run_error,
    pipeline.running_since,
    pipeline.is_paused,
    pipeline.dag_id
from ops.v_pipeline_health as pipeline
order by pipeline.job_type;
