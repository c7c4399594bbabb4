-- What scout attribution needs to look only at what changed.

-- Phones and licences of which something is gone that had a say in who a scouting row is: a link, a record's former
-- value or name, a hot value. What is new is found by the transaction that wrote it; what is gone must be remembered.
create table if not exists canon.person_backfill_queue (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('phone', 'license')),
    value text not null
);

-- A person that loses a record is seen with other eyes by every record that it keeps.
create or replace function canon.queue_keys_of_removed_links()
returns trigger
language plpgsql
as $$
begin
    insert into canon.person_backfill_queue (kind, value)
    with gone as (
        select before.source_table, before.source_pk, before.person_key
        from before
        where not exists (
            select 1 from canon.identity_links as link where link.id = before.id and link.person_key = before.person_key
        )
    ),

    affected as (
        select gone.source_table, gone.source_pk from gone
        union
        select sibling.source_table, sibling.source_pk
        from gone
        inner join canon.identity_links as sibling on sibling.person_key = gone.person_key
    )

    select distinct
        carried.kind,
        carried.value
    from affected
    inner join canon.records_index as record using (source_table, source_pk)
    cross join lateral (values ('phone', record.phone_norm), ('license', record.license_norm)) as carried (kind, value)
    where carried.value is not null;
    return null;
end
$$;

create or replace trigger queue_keys_of_removed_links_on_update
after update on canon.identity_links
referencing old table as before
for each statement execute function canon.queue_keys_of_removed_links();

create or replace trigger queue_keys_of_removed_links_on_delete
after delete on canon.identity_links
referencing old table as before
for each statement execute function canon.queue_keys_of_removed_links();

create or replace function canon.queue_former_keys()
returns trigger
language plpgsql
as $$
begin
    insert into canon.person_backfill_queue (kind, value)
    select distinct
        carried.kind,
        carried.value
    from before
    left join canon.records_index as record using (source_table, source_pk)
    cross join lateral (values ('phone', before.phone_norm), ('license', before.license_norm)) as carried (kind, value)
    where
        carried.value is not null
        and (before.phone_norm, before.license_norm, before.name_norm)
        is distinct from (record.phone_norm, record.license_norm, record.name_norm);
    return null;
end
$$;

create or replace trigger queue_former_keys_on_update
after update on canon.records_index
referencing old table as before
for each statement execute function canon.queue_former_keys();

create or replace trigger queue_former_keys_on_delete
after delete on canon.records_index
referencing old table as before
for each statement execute function canon.queue_former_keys();

create or replace function canon.queue_unshared_keys()
returns trigger
language plpgsql
as $$
begin
    insert into canon.person_backfill_queue (kind, value)
    select before.kind, before.value
    from before
    where before.kind in ('phone', 'license');
    return null;
end
$$;

create or replace trigger queue_unshared_keys
after delete on canon.shared_values
referencing old table as before
for each statement execute function canon.queue_unshared_keys();

-- The chain of hashes: human decisions in it, and how far it has been verified.
-- Links of the part `decisions` seal rows by their ids: {"table": [after id, up to id]}.
alter table ops.audit_chain add column if not exists covers jsonb;
alter table ops.audit_chain drop constraint if exists audit_chain_part_check;
alter table ops.audit_chain add constraint audit_chain_part_check
check (part in ('backfills', 'states', 'decisions') and (part = 'decisions') = (covers is not null));

create table if not exists ops.audit_verifications (
    id bigint generated always as identity primary key,
    run_id integer not null references ops.ingestion_runs (id),
    -- every link up to this one was compared with its rows, by this verification or an earlier one
    up_to_position bigint not null,
    -- by this one, all of them
    is_full boolean not null,
    verified_at timestamptz not null
);

create or replace trigger append_only
before update or delete or truncate on ops.audit_verifications
for each statement execute function ops.refuse_change();
-- ALWAYS: also under session_replication_role = replica
alter table ops.audit_verifications enable always trigger append_only;

-- Persons without a row in the ledger, so that nobody looks through a million persons to find that there is none.
create table if not exists canon.persons_without_ledger (
    person_key uuid primary key
);

create or replace function canon.maintain_ledger_summaries()
returns trigger
language plpgsql
as $$
begin
    case tg_table_name || ' ' || tg_op
        when 'identity_registry INSERT' then
            insert into canon.persons_without_ledger (person_key)
            select after.person_key
            from after
            where not exists (select 1 from observational.lead_ledger as row where row.person_key = after.person_key)
            on conflict do nothing;
        when 'identity_registry DELETE' then
            delete from canon.persons_without_ledger as without
            using before
            where without.person_key = before.person_key;
        when 'lead_ledger INSERT' then
            delete from canon.persons_without_ledger as without
            using after
            where without.person_key = after.person_key;
        else
            if tg_op = 'UPDATE' then
                delete from canon.persons_without_ledger as without
                using after
                where without.person_key = after.person_key;
            end if;
            insert into canon.persons_without_ledger (person_key)
            select before.person_key
            from before
            inner join canon.identity_registry as person on person.person_key = before.person_key
            where not exists (select 1 from observational.lead_ledger as row where row.person_key = before.person_key)
            on conflict do nothing;
    end case;
    return null;
end
$$;

-- ALWAYS: also under session_replication_role = replica. A change that leaves the key alone concerns nobody here, but a
-- trigger with transition tables cannot be limited to a column.
create or replace trigger maintain_ledger_summaries_on_insert
after insert on canon.identity_registry
referencing new table as after
for each statement execute function canon.maintain_ledger_summaries();
alter table canon.identity_registry enable always trigger maintain_ledger_summaries_on_insert;

create or replace trigger maintain_ledger_summaries_on_delete
after delete on canon.identity_registry
referencing old table as before
for each statement execute function canon.maintain_ledger_summaries();
alter table canon.identity_registry enable always trigger maintain_ledger_summaries_on_delete;

create or replace trigger maintain_ledger_summaries_on_insert
after insert on observational.lead_ledger
referencing new table as after
for each statement execute function canon.maintain_ledger_summaries();
alter table observational.lead_ledger enable always trigger maintain_ledger_summaries_on_insert;

create or replace trigger maintain_ledger_summaries_on_update
after update on observational.lead_ledger
referencing old table as before new table as after
for each statement execute function canon.maintain_ledger_summaries();
alter table observational.lead_ledger enable always trigger maintain_ledger_summaries_on_update;

create or replace trigger maintain_ledger_summaries_on_delete
after delete on observational.lead_ledger
referencing old table as before
for each statement execute function canon.maintain_ledger_summaries();
alter table observational.lead_ledger enable always trigger maintain_ledger_summaries_on_delete;

insert into canon.persons_without_ledger (person_key)
select person.person_key
from canon.identity_registry as person
where not exists (select 1 from observational.lead_ledger as row where row.person_key = person.person_key)
on conflict do nothing;

create index if not exists lead_ledger_scout_not_propagated
on observational.lead_ledger (person_key) where attributed_scout_id is null and event_scouts > 0;
