-- The state of each pipeline now. Grain and key: job_type. `state` is the worst of `states`, all that hold; `age` is
-- counted from the last completed run. Correct while Airflow is down, except is_paused, which is Airflow's last known
-- answer (NULL: unknown).
--   RED_NO_INGESTION, RED_NO_ATTRIBUTION  no run was ever completed
--   RED_…_STALE, YELLOW_…_STALE           the last one is too old: 48 h and 24 h; attribution 24 h and 4 h 30 min
--   RED_RUN_FAILED                        the last finished run failed, with last_run_error
--   YELLOW_RUN_STUCK, YELLOW_DAG_PAUSED   the current run takes too long (setting); the DAG is paused
--   YELLOW_NO_NEW_DATA                    runs complete, but no source had new rows for days (setting)
create or replace view ops.v_pipeline_health as
select health.*
from ops.v_pipeline_health_at(now()) as health;
