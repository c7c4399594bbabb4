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
