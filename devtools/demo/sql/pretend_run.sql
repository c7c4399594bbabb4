-- Pretend, in a transaction that is rolled back, that the last completed run of a job has ended at a moment.
update ops.ingestion_runs as run
set
    started_at = %(moment)s::timestamptz - (run.completed_at - run.started_at),
    completed_at = %(moment)s
where
    run.id = (
        select completed.id
        from ops.ingestion_runs as completed
        where completed.job_type = %(job_type)s::public.jobtype and completed.status = 'COMPLETED'
        order by completed.completed_at desc
        limit 1
    );
