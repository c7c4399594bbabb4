-- Ends a rehearsed run, as it would have ended before the next one begins. Repeatable.
update ops.ingestion_runs as run
set status = 'COMPLETED', completed_at = clock_timestamp()
where run.id = %(run_id)s::integer;
