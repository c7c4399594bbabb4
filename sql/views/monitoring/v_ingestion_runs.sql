-- Every run of the two jobs. Grain and key: run_id. `silent_seconds`: of a RUNNING run, the seconds since its start,
-- its last heartbeat or its last finished step, whichever is latest.
create or replace view ops.v_ingestion_runs as
select
    run.id as run_id,
    run.job_type::text as job_type,
    run.status::text as status,
    run.started_at,
    run.completed_at as ended_at,
    extract(epoch from run.completed_at - run.started_at)::integer as duration_seconds,
    run.scope_date_from,
    run.scope_date_to,
    run.incremental,
    run.stats::jsonb as summary,
    run.error_message as error,
    run.dag_id,
    run.dag_run_id,
    case
        when run.status = 'RUNNING' then
            extract(epoch from now() - greatest(
                run.started_at,
                run.heartbeat_at,
                (select max(step.finished_at) from ops.run_steps as step where step.run_id = run.id)
            ))::float8
    end as silent_seconds,
    run.parameters
from ops.ingestion_runs as run;
