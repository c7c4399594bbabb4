-- Copies the record's date to a row that was written without one. The pipeline gives the date itself: a lookup per row
-- would cost a first load more than the rest of the insert.
create or replace function canon.set_unmatched_event_date()
returns trigger
language plpgsql
as $$
begin
    new.event_date := (
        select record.event_date from canon.records_index as record
        where record.source_table = new.source_table and record.source_pk = new.source_pk
    );
    return new;
end
$$;

create or replace trigger set_unmatched_event_date
before insert or update on canon.identity_unmatched
for each row when (new.event_date is null)
execute function canon.set_unmatched_event_date();

-- What the next run checks. Before the first one nothing is queued: it checks everything.
create or replace function canon.queue_checks_of_identity_unmatched()
returns trigger
language plpgsql
as $$
begin
    if not exists (select 1 from ops.check_results as result where result.run_id is not null) then
        return null;
    end if;
    if tg_op = 'UPDATE' then
        insert into canon.check_queue (source_table, source_pk, person_key)
        select before.source_table, before.source_pk, null::uuid from before
        union
        select after.source_table, after.source_pk, null::uuid from after;
    else
        insert into canon.check_queue (source_table, source_pk, person_key)
        select changed.source_table, changed.source_pk, null::uuid from changed;
    end if;
    return null;
end
$$;

create or replace trigger queue_checks_on_insert
after insert on canon.identity_unmatched
referencing new table as changed
for each statement execute function canon.queue_checks_of_identity_unmatched();

create or replace trigger queue_checks_on_update
after update on canon.identity_unmatched
referencing old table as before new table as after
for each statement execute function canon.queue_checks_of_identity_unmatched();

create or replace trigger queue_checks_on_delete
after delete on canon.identity_unmatched
referencing old table as changed
for each statement execute function canon.queue_checks_of_identity_unmatched();
