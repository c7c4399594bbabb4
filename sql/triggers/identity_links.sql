-- Phones and licences whose evidence changed because a link was moved or removed go into canon.person_backfill_queue:
-- new evidence is found by its transaction, removed evidence must be remembered. All records of the person are
-- affected.
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

-- A person that loses a driver account is due another amount.
create or replace function canon.queue_payments_of_lost_accounts()
returns trigger
language plpgsql
as $$
begin
    insert into canon.payment_queue (person_key)
    select distinct before.person_key from before where before.source_table = 'drivers'
    on conflict do nothing;
    return null;
end
$$;

create or replace trigger queue_payments_of_lost_accounts_on_update
after update on canon.identity_links
referencing old table as before
for each statement execute function canon.queue_payments_of_lost_accounts();

create or replace trigger queue_payments_of_lost_accounts_on_delete
after delete on canon.identity_links
referencing old table as before
for each statement execute function canon.queue_payments_of_lost_accounts();

-- Claims of persons that gain or lose a driver account are derived again, and by the account those that a payment may
-- be of by its name. Before the claims were first derived nothing is queued: then all are.
create or replace function canon.queue_claims_of_accounts()
returns trigger
language plpgsql
as $$
begin
    if not exists (select 1 from canon.read_model_refreshes as kept where kept.read_model = 'cabinet_claims') then
        return null;
    end if;
    if tg_op = 'UPDATE' then
        insert into canon.cabinet_claims_queue (kind, value)
        with changed as (
            (select before.source_pk, before.person_key from before where before.source_table = 'drivers')
            except
            (select after.source_pk, after.person_key from after where after.source_table = 'drivers')
            union all
            (
                (select after.source_pk, after.person_key from after where after.source_table = 'drivers')
                except
                (select before.source_pk, before.person_key from before where before.source_table = 'drivers')
            )
        )

        select 'person', changed.person_key::text from changed
        union
        select 'driver', changed.source_pk from changed;
    else
        insert into canon.cabinet_claims_queue (kind, value)
        select 'person', changed.person_key::text from changed where changed.source_table = 'drivers'
        union
        select 'driver', changed.source_pk from changed where changed.source_table = 'drivers';
    end if;
    return null;
end
$$;

create or replace trigger queue_claims_of_accounts_on_insert
after insert on canon.identity_links
referencing new table as changed
for each statement execute function canon.queue_claims_of_accounts();

create or replace trigger queue_claims_of_accounts_on_update
after update on canon.identity_links
referencing old table as before new table as after
for each statement execute function canon.queue_claims_of_accounts();

create or replace trigger queue_claims_of_accounts_on_delete
after delete on canon.identity_links
referencing old table as changed
for each statement execute function canon.queue_claims_of_accounts();

-- What the next run checks. Before the first one nothing is queued: it checks everything.
create or replace function canon.queue_checks_of_identity_links()
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
after insert on canon.identity_links
referencing new table as changed
for each statement execute function canon.queue_checks_of_identity_links();

create or replace trigger queue_checks_on_update
after update on canon.identity_links
referencing old table as before new table as after
for each statement execute function canon.queue_checks_of_identity_links();

create or replace trigger queue_checks_on_delete
after delete on canon.identity_links
referencing old table as changed
for each statement execute function canon.queue_checks_of_identity_links();
