-- Whether each pipeline is all right, now. Grain and key: job_type. `state` is the worst of `states`, all that hold;
-- `age` is counted from the last completed run. Right while Airflow is down: nothing needs to run for it, but
-- is_paused, which is what Airflow said when it was last asked (NULL: it could not say).
--   RED_NO_INGESTION, RED_NO_ATTRIBUTION  no run was ever completed
--   RED_…_STALE, YELLOW_…_STALE           the last one is too old: 48 h and 24 h; attribution 24 h and 4 h 30 min
--   RED_RUN_FAILED                        the last run that is over failed; last_run_error is what it failed by
--   YELLOW_RUN_STUCK, YELLOW_DAG_PAUSED   the run under way takes too long (setting); the DAG is paused
--   YELLOW_NO_NEW_DATA                    runs complete, but no source brought anything for days (setting)
create or replace view ops.v_pipeline_health as
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
    health.is_paused,
    health.checked_at,
    health.dag_id
from ops.v_pipeline_health_at(now()) as health;
