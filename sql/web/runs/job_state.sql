-- Whether a job has an active run, and the age of its last COMPLETED run. One row. A RUNNING run without a sign of life
-- for takeover_seconds has lost its process and does not count: the next run takes over.
select
    exists(
        select 1 from ops.v_ingestion_runs as run
        where
            run.job_type = %(job_type)s::text
            and run.status = 'RUNNING'
            and run.silent_seconds < %(takeover_seconds)s::integer
    ) as is_running,
    (
        select extract(epoch from now() - max(run.ended_at))::float8
        from ops.v_ingestion_runs as run
        where run.job_type = %(job_type)s::text and run.status = 'COMPLETED'
    ) as completed_seconds_ago;
