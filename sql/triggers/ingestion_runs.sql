-- Each change of state of a run is audited. Security definer: the pipeline role may not write the audit table itself.
create or replace function ops.audit_run_state()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into ops.job_runs_audit (run_id, job_type, status_old, status_new, error_message, dag_id, dag_run_id)
    values (
        new.id, new.job_type::text, case when tg_op = 'UPDATE' then old.status::text end, new.status::text,
        new.error_message, new.dag_id, new.dag_run_id
    );
    return null;
end
$$;

-- ALWAYS: also under session_replication_role = replica.
create or replace trigger audit_run_state_on_insert
after insert on ops.ingestion_runs
for each row execute function ops.audit_run_state();
alter table ops.ingestion_runs enable always trigger audit_run_state_on_insert;

create or replace trigger audit_run_state_on_update
after update of status on ops.ingestion_runs
for each row when (old.status is distinct from new.status)
execute function ops.audit_run_state();
alter table ops.ingestion_runs enable always trigger audit_run_state_on_update;

-- Stands in for the foreign keys of links and unmatched records to their run, which cost a tenth of a first load (ADR
-- 13).
create or replace function ops.protect_runs_with_links()
returns trigger
language plpgsql
as $$
begin
    if exists (select 1 from canon.identity_links as link where link.run_id = old.id)
        or exists (select 1 from canon.identity_unmatched as unmatched where unmatched.run_id = old.id)
    then
        raise foreign_key_violation using
            message = format('run %s wrote links or unmatched records that name it', old.id),
            hint = 'Runs are kept: they explain what they wrote.';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end
$$;

create or replace trigger protect_runs_with_links
before delete or update of id on ops.ingestion_runs
for each row execute function ops.protect_runs_with_links();
