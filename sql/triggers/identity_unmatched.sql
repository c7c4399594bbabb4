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
