-- Adds links to the audit chain for everything that is not sealed yet: the audit rows of the current run, of every
-- attribution run that ended (also without rows, so that a later addition shows) and of other runs that have some, the
-- state changes of every run that ended, and human decisions. Returns the number of links.
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
    for unsealed in
        select
            run.id as run_id,
            wanted.part
        from ops.ingestion_runs as run
        cross join (values ('backfills'), ('states')) as wanted (part)
        left join ops.audit_chain as link on link.run_id = run.id and link.part = wanted.part
        where
            run.parameters is not null
            and link.run_id is null
            and (run.status <> 'RUNNING' or (wanted.part = 'backfills' and run.id = current_run_id))
            and (
                wanted.part = 'states'
                or run.job_type::text = 'scout_attribution_refresh'
                or exists (select 1 from ops.identity_links_backfill_audit as a where a.ingestion_run_id = run.id)
                or exists (select 1 from ops.lead_events_scout_backfill_audit as a where a.ingestion_run_id = run.id)
                or exists (select 1 from ops.lead_ledger_scout_backfill_audit as a where a.ingestion_run_id = run.id)
            )
        order by run.id, wanted.part
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
