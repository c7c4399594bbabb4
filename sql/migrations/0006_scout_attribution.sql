-- What scout attribution needs beside the established tables: the queue of persons to attribute, true daily
-- history, and audit tables that nobody changes afterwards.

-- Persons whose events changed since their ledger row was last derived
-- -----------------------------------------------
create table if not exists canon.attribution_queue (
    person_key uuid primary key
);

insert into canon.attribution_queue (person_key)
select distinct event.person_key
from observational.lead_events as event
where event.person_key is not null
on conflict do nothing;

-- How many scouts stood in the person's events when the row was derived; NULL: not derived from events.
alter table observational.lead_ledger add column if not exists event_scouts integer;
-- Since when several scouts claim the person; NULL: they do not, or an older program found it.
alter table observational.lead_ledger add column if not exists conflict_since timestamptz;
create index if not exists lead_ledger_without_scout
on observational.lead_ledger (event_scouts, person_key) where attributed_scout_id is null;
create index if not exists lead_ledger_conflicts
on observational.lead_ledger (person_key) where decision_status = 'conflict';
create index if not exists lead_ledger_conflicts_by_age
on observational.lead_ledger (coalesce(conflict_since, updated_at), person_key) where decision_status = 'conflict';
create index if not exists lead_events_scouts
on observational.lead_events (person_key, scout_id) where scout_id is not null;

-- A person that is queued already is locked all the same: a refresh that has not seen this change yet cannot
-- take it off the queue, and one that has taken it first makes the change wait and queue it anew.
create or replace function canon.queue_attribution()
returns trigger
language plpgsql
as $$
begin
    if tg_op <> 'INSERT' then
        insert into canon.attribution_queue (person_key)
        select distinct before.person_key from before where before.person_key is not null order by before.person_key
        on conflict (person_key) do update set person_key = excluded.person_key;
    end if;
    if tg_op <> 'DELETE' then
        insert into canon.attribution_queue (person_key)
        select distinct after.person_key from after where after.person_key is not null order by after.person_key
        on conflict (person_key) do update set person_key = excluded.person_key;
    end if;
    return null;
end
$$;

create or replace trigger queue_attribution_on_insert
after insert on observational.lead_events
referencing new table as after
for each statement execute function canon.queue_attribution();

create or replace trigger queue_attribution_on_update
after update on observational.lead_events
referencing old table as before new table as after
for each statement execute function canon.queue_attribution();

create or replace trigger queue_attribution_on_delete
after delete on observational.lead_events
referencing old table as before
for each statement execute function canon.queue_attribution();

-- What each day looked like
-- ------------------------------------------------------------------------------------------
create table if not exists ops.scout_attribution_daily (
    metric_date date primary key,
    total_persons bigint not null,
    satisfactory_count bigint not null,
    missing_count bigint not null,
    conflicts_count bigint not null,
    by_source_scouting_daily bigint not null,
    by_source_cabinet_leads bigint not null,
    by_source_lead_ledger bigint not null,
    computed_at timestamptz not null,
    run_id integer references ops.ingestion_runs (id)
);

-- One row per change of state of a run
-- --------------------------------------------------------------------------------
create table if not exists ops.job_runs_audit (
    id bigint generated always as identity primary key,
    run_id integer not null,
    job_type text,
    status_old text,
    status_new text not null,
    error_message text,
    dag_id text,
    dag_run_id text,
    changed_by text not null default session_user,
    changed_at timestamptz not null default clock_timestamp()
);
create index if not exists job_runs_audit_run on ops.job_runs_audit (run_id);

-- By the right of its owner: who runs the pipelines need not be allowed to write this table.
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

create or replace trigger audit_run_state_on_insert
after insert on ops.ingestion_runs
for each row execute function ops.audit_run_state();

create or replace trigger audit_run_state_on_update
after update of status on ops.ingestion_runs
for each row when (old.status is distinct from new.status) execute function ops.audit_run_state();

-- Each run's audit rows under one hash, chained to the link before
-- `states`: its rows in ops.job_runs_audit, sealed once it has ended.
create table if not exists ops.audit_chain (
    position bigint generated always as identity primary key,
    run_id integer not null,
    part text not null check (part in ('backfills', 'states')),
    audit_rows bigint not null,
    previous_hash bytea not null,
    hash bytea not null,
    sealed_at timestamptz not null default clock_timestamp(),
    unique (run_id, part)
);

-- Append-only
-- -----------------------------------------------------------------------------------------------------------
create or replace function ops.refuse_change()
returns trigger
language plpgsql
as $$
begin
    raise exception '%.% is append-only: % is refused', tg_table_schema, tg_table_name, tg_op
        using
            errcode = 'restrict_violation',
            hint = 'Write a new row that says what is different; revert_backfill does that for a whole run.';
end
$$;

do $$
declare
    audited regclass;
begin
    foreach audited in array array[
        'ops.identity_links_backfill_audit', 'ops.lead_events_scout_backfill_audit',
        'ops.lead_ledger_scout_backfill_audit', 'ops.job_runs_audit', 'ops.audit_chain'
    ]::regclass []
    loop
        execute format(
            'create or replace trigger append_only before update or delete or truncate on %s'
            || ' for each statement execute function ops.refuse_change()', audited
        );
        -- ALWAYS: also under session_replication_role = replica
        execute format('alter table %s enable always trigger append_only', audited);
    end loop;
end
$$;
alter table ops.ingestion_runs enable always trigger audit_run_state_on_insert;
alter table ops.ingestion_runs enable always trigger audit_run_state_on_update;

create index if not exists lead_ledger_audit_run on ops.lead_ledger_scout_backfill_audit (ingestion_run_id, person_key);
create index if not exists identity_links_backfill_audit_latest
on ops.identity_links_backfill_audit (source_table, source_pk, id desc);
create index if not exists lead_events_scout_backfill_audit_latest
on ops.lead_events_scout_backfill_audit (source_table, source_pk, id desc);
