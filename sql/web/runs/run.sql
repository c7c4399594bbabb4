-- One run with its parameters; no row: there is none with this number. `previous_run_id`: the completed run of the same
-- job before it, with its summary, to compare with.
select
    run.*,
    previous.run_id as previous_run_id,
    previous.started_at as previous_started_at,
    previous.summary as previous_summary,
    previous.duration_seconds as previous_duration_seconds
from ops.v_ingestion_runs as run
left join lateral (
    select
        earlier.run_id,
        earlier.started_at,
        earlier.summary,
        earlier.duration_seconds
    from ops.v_ingestion_runs as earlier
    where
        earlier.job_type = run.job_type
        and earlier.status = 'COMPLETED'
        and (earlier.started_at, earlier.run_id) < (run.started_at, run.run_id)
    order by earlier.started_at desc, earlier.run_id desc
    limit 1
) as previous on true
where run.run_id = %(run_id)s::integer;
