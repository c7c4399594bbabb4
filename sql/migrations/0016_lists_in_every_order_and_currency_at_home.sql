-- What the lists of the web need to be read in each of their orders without being sorted: the date of a record beside
-- the reason why it has no person, and an index for each order of that list; and who claims a person in conflict. And
-- the currency of new payment rules.

-- The date of the record, or NULL: it has none, or was not read yet.
alter table canon.identity_unmatched add column if not exists event_date date;

update canon.identity_unmatched as unmatched
set event_date = record.event_date
from canon.records_index as record
where
    record.source_table = unmatched.source_table
    and record.source_pk = unmatched.source_pk
    and unmatched.event_date is distinct from record.event_date;

-- Whoever writes such a row need not know the date; who gives one saves the question, which costs a first load more
-- than all else of such a row.
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

create or replace trigger set_unmatched_event_date before insert or update on canon.identity_unmatched
for each row when (new.event_date is null) execute function canon.set_unmatched_event_date();

-- A date that was edited in the source.
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

create or replace trigger update_unmatched_event_date after update on canon.records_index
for each row when (old.event_date is distinct from new.event_date) execute function canon.update_unmatched_event_date();

-- One state at a time is listed: OPEN, IGNORED or RESOLVED.
create index if not exists identity_unmatched_by_age
on canon.identity_unmatched (status, created_at desc nulls last, source_table, source_pk);
create index if not exists identity_unmatched_by_date
on canon.identity_unmatched (status, event_date desc nulls last, source_table, source_pk);
create index if not exists identity_unmatched_by_reason
on canon.identity_unmatched (status, reason_code, source_table, source_pk);
-- These stand in place of two others.
drop index if exists canon.identity_unmatched_newest;
drop index if exists canon.identity_unmatched_open;

-- Who claims a person in conflict: the scouts of its events, then that of the ledger, if there is one.
create index if not exists lead_ledger_conflicts_claimants
on observational.lead_ledger using gin (array_append(event_scout_ids, attributed_scout_id))
where decision_status = 'conflict';

-- In what a payment rule is that names no currency: that of the country of the latest run. By the right of its owner:
-- who enters rules need not be allowed to read runs.
create or replace function ops.default_currency()
returns varchar
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select case
        when (
            select run.parameters ->> 'country' from ops.ingestion_runs as run
            where run.parameters ? 'country'
            order by run.id desc
            limit 1
        ) = 'CO' then 'COP'
        else 'PEN'
    end
$$;

alter table ops.scout_payment_rules alter column currency set default ops.default_currency();
alter table ops.partner_payment_rules alter column currency set default ops.default_currency();
