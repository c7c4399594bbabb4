-- Quarantining or releasing an account changes what its person is due, and what the partner owes.
create or replace function canon.queue_payments_of_quarantined_accounts()
returns trigger
language plpgsql
as $$
begin
    insert into canon.payment_queue (person_key)
    select link.person_key
    from changed
    inner join canon.identity_links as link on link.source_table = 'drivers' and link.source_pk = changed.driver_id
    on conflict do nothing;
    insert into canon.cabinet_claims_queue (kind, value)
    select 'driver', changed.driver_id from changed;
    return null;
end
$$;

create or replace trigger queue_payments_on_insert
after insert on canon.driver_orphan_quarantine
referencing new table as changed
for each statement execute function canon.queue_payments_of_quarantined_accounts();

create or replace trigger queue_payments_on_update
after update on canon.driver_orphan_quarantine
referencing new table as changed
for each statement execute function canon.queue_payments_of_quarantined_accounts();

create or replace trigger queue_payments_on_delete
after delete on canon.driver_orphan_quarantine
referencing old table as changed
for each statement execute function canon.queue_payments_of_quarantined_accounts();
