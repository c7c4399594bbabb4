-- Takes out everything that the pipeline has made of an earlier demo load, so that no result outlives its fleet: every
-- table of canon and observational, and those elsewhere that refer to persons. A run that is at work ends: its next
-- step finds that it is not running any more. What happened (runs, steps, checks, audits) stays. Run only in a demo
-- database, after foreign_results.sql has found nothing.
update ops.ingestion_runs as run
set
    status = 'FAILED',
    completed_at = clock_timestamp(),
    error_message = coalesce(run.error_message, 'The demo was started anew and replaced what this run was reading.')
where run.status = 'RUNNING';

do $$
begin
    execute (
        select 'truncate ' || string_agg(relation.oid::regclass::text, ', ')
        from pg_class as relation
        inner join pg_namespace as namespace on namespace.oid = relation.relnamespace
        where
            relation.relkind in ('r', 'p')
            and (
                namespace.nspname in ('canon', 'observational')
                or exists (
                    select 1 from pg_constraint as reference
                    where
                        reference.contype = 'f'
                        and reference.conrelid = relation.oid
                        and reference.confrelid = 'canon.identity_registry'::regclass
                )
            )
    );
end
$$;
