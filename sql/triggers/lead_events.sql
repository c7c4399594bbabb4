-- Queues the persons of changed events, so that the refresh derives their claims and their ledger rows again. A queued
-- person is locked (shared among writers): a refresh that has not seen this change cannot take it off the queue; one
-- that took it first makes this transaction wait, and the person is queued again.
create or replace function canon.queue_attribution()
returns trigger
language plpgsql
as $$
declare
    persons uuid[];
begin
    if tg_op = 'UPDATE' then
        select array_agg(distinct changed.person_key order by changed.person_key) into persons
        from (select before.person_key from before union all select after.person_key from after) as changed
        where changed.person_key is not null;
    else
        select array_agg(distinct changed.person_key order by changed.person_key) into persons
        from changed where changed.person_key is not null;
    end if;
    if persons is null then
        return null;
    end if;
    -- before the claims were first derived nothing is queued: then all are
    insert into canon.cabinet_claims_queue (kind, value)
    select 'person', changed.person_key::text
    from unnest(persons) as changed (person_key)
    where exists (select 1 from canon.read_model_refreshes as kept where kept.read_model = 'cabinet_claims');
    with locked as materialized (
        select queued.person_key
        from canon.attribution_queue as queued
        where queued.person_key = any(persons)
        order by queued.person_key
        for key share
    )

    insert into canon.attribution_queue (person_key)
    select changed.person_key
    from unnest(persons) as changed (person_key)
    where changed.person_key not in (select locked.person_key from locked)
    on conflict (person_key) do update set person_key = excluded.person_key;
    return null;
end
$$;

create or replace trigger queue_attribution_on_insert
after insert on observational.lead_events
referencing new table as changed
for each statement execute function canon.queue_attribution();

create or replace trigger queue_attribution_on_update
after update on observational.lead_events
referencing old table as before new table as after
for each statement execute function canon.queue_attribution();

create or replace trigger queue_attribution_on_delete
after delete on observational.lead_events
referencing old table as changed
for each statement execute function canon.queue_attribution();

-- What the next run checks. Before the first one nothing is queued: it checks everything.
create or replace function canon.queue_checks_of_lead_events()
returns trigger
language plpgsql
as $$
begin
    if not exists (select 1 from ops.check_results as result where result.run_id is not null) then
        return null;
    end if;
    if tg_op = 'UPDATE' then
        insert into canon.check_queue (source_table, source_pk, person_key)
        select before.source_table, before.source_pk, before.person_key from before
        union
        select after.source_table, after.source_pk, after.person_key from after;
    else
        insert into canon.check_queue (source_table, source_pk, person_key)
        select changed.source_table, changed.source_pk, changed.person_key from changed;
    end if;
    return null;
end
$$;

create or replace trigger queue_checks_on_insert
after insert on observational.lead_events
referencing new table as changed
for each statement execute function canon.queue_checks_of_lead_events();

create or replace trigger queue_checks_on_update
after update on observational.lead_events
referencing old table as before new table as after
for each statement execute function canon.queue_checks_of_lead_events();

create or replace trigger queue_checks_on_delete
after delete on observational.lead_events
referencing old table as changed
for each statement execute function canon.queue_checks_of_lead_events();
