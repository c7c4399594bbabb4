-- Adds links to the audit chain for everything that is not sealed yet: the audit rows of the current run, the audit
-- rows and state changes of every run that ended (also without rows, so that a later addition shows) and of runs that
-- nobody knows, and human decisions. Returns the number of links.
-- Security definer: the pipeline role cannot write the chain otherwise.
create or replace function ops.seal_audited_runs(current_run_id integer)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    unsealed record;
    previous bytea;
    sealed integer := 0;
begin
    perform ops.take_lock('audit_chain');
    if not exists (
        select 1 from ops.ingestion_runs as run where run.id = current_run_id and run.status = 'RUNNING'
    ) then
        raise exception 'run % is not running and seals nothing', current_run_id
            using hint = 'Start a run of scout_attribution_refresh; it seals what is there.';
    end if;
    for unsealed in
        with runs as (
            select run.id as run_id, run.status::text as status
            from ops.ingestion_runs as run
            union
            select audited.run_id, 'UNKNOWN'
            from ops.audited_runs as audited
            where not exists (select 1 from ops.ingestion_runs as run where run.id = audited.run_id)
        )

        select
            runs.run_id,
            wanted.part
        from runs
        cross join (values ('backfills'), ('states')) as wanted (part)
        where
            (runs.status <> 'RUNNING' or (wanted.part = 'backfills' and runs.run_id = current_run_id))
            and not exists (
                select 1 from ops.audit_chain as link where link.run_id = runs.run_id and link.part = wanted.part
            )
        order by runs.run_id, wanted.part
    loop
        select link.hash into previous from ops.audit_chain as link order by link.position desc limit 1;
        insert into ops.audit_chain (run_id, part, audit_rows, previous_hash, hash)
        select unsealed.run_id, unsealed.part, found.audit_rows, coalesce(previous, ''), found.hash
        from ops.audit_hash(unsealed.run_id, unsealed.part, coalesce(previous, '')) as found;
        sealed := sealed + 1;
    end loop;
    return sealed + ops.seal_decisions(current_run_id);
end
$$;
