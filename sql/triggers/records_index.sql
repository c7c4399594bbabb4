-- Phones and licences that a record no longer carries, or carries under another name, go into
-- canon.person_backfill_queue. A record that only stands under another key carries them still.
create or replace function canon.queue_former_keys()
returns trigger
language plpgsql
as $$
begin
    insert into canon.person_backfill_queue (kind, value)
    select
        carried.kind,
        carried.value
    from (values ('phone', old.phone_norm), ('license', old.license_norm)) as carried (kind, value)
    where carried.value is not null;
    return null;
end
$$;

create or replace trigger queue_former_keys_on_update
after update on canon.records_index
for each row when (
    (old.phone_norm, old.license_norm, old.name_norm)
    is distinct from (new.phone_norm, new.license_norm, new.name_norm)
)
execute function canon.queue_former_keys();

create or replace trigger queue_former_keys_on_delete
after delete on canon.records_index
for each row execute function canon.queue_former_keys();

-- A date that was edited in the source is copied to the unmatched record.
create or replace function canon.update_unmatched_event_date()
returns trigger
language plpgsql
as $$
begin
    update canon.identity_unmatched as unmatched
    set event_date = new.event_date
    where unmatched.source_table = new.source_table and unmatched.source_pk = new.source_pk;
    return null;
end
$$;

create or replace trigger update_unmatched_event_date
after update on canon.records_index
for each row when (old.event_date is distinct from new.event_date)
execute function canon.update_unmatched_event_date();

-- Records that are removed from the index are read from their source again.
create or replace trigger invalidate_source_chunk_digests
after delete or truncate on canon.records_index
for each statement execute function canon.invalidate_source_chunk_digests();
