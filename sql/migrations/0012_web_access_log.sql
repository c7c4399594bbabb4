-- Who saw whose phone, licence or name on the web: one row per look at a person, search and export. And the order in
-- which the web lists records without a person.
create table if not exists ops.personal_data_access (
    id bigint generated always as identity primary key,
    action text not null check (action in ('person', 'search', 'export')),
    -- the person looked at; NULL for a search or an export
    person_key uuid,
    -- what was searched by, never for what; the name of the exported list
    subject text,
    -- false: phones, licences and names were masked
    is_unmasked boolean not null,
    seen_by text not null check (seen_by ~ '\S'),
    seen_at timestamptz not null default clock_timestamp()
);
create index if not exists personal_data_access_person on ops.personal_data_access (person_key, seen_at desc)
where person_key is not null;
create index if not exists personal_data_access_time on ops.personal_data_access (seen_at);

create or replace trigger append_only
before update or delete or truncate on ops.personal_data_access
for each statement execute function ops.refuse_change();
-- ALWAYS: also under session_replication_role = replica
alter table ops.personal_data_access enable always trigger append_only;

create index if not exists identity_unmatched_newest
on canon.identity_unmatched (created_at desc nulls last, source_table, source_pk);
