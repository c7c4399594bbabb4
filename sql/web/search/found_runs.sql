-- The run with this number. Grain: one run.
select
    run.run_id,
    run.job_type,
    run.status,
    run.started_at,
    run.dag_id,
    run.dag_run_id
from ops.v_ingestion_runs as run
where run.run_id = %(number)s::integer;
