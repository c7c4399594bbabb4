-- Phones and licences that are no longer shared by too many people go into canon.person_backfill_queue.
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
