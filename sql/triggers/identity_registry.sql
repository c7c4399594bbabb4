-- Keeps canon.persons_without_ledger and the counts in canon.attribution_counts in step with the persons.
create or replace function canon.maintain_registry_summaries()
returns trigger
language plpgsql
as $$
begin
    if tg_op = 'INSERT' then
        perform canon.defer_indexes('canon.persons_without_ledger', (select count(*) from after));
        insert into canon.persons_without_ledger (person_key)
        select after.person_key
        from after
        where not exists (select 1 from observational.lead_ledger as row where row.person_key = after.person_key)
        on conflict do nothing;
        perform canon.build_deferred_indexes('canon.persons_without_ledger');
        insert into canon.attribution_counts (persons) select count(*) from after having count(*) > 0;
    else
        delete from canon.persons_without_ledger as without
        using before
        where without.person_key = before.person_key;
        delete from canon.scout_payments as kept using before where kept.person_key = before.person_key;
        delete from canon.scout_payment_milestones as kept using before where kept.person_key = before.person_key;
        insert into canon.attribution_counts (persons) select -count(*) from before having count(*) > 0;
    end if;
    return null;
end
$$;

-- ALWAYS: also under session_replication_role = replica.
create or replace trigger maintain_registry_summaries_on_insert
after insert on canon.identity_registry
referencing new table as after
for each statement execute function canon.maintain_registry_summaries();
alter table canon.identity_registry enable always trigger maintain_registry_summaries_on_insert;

create or replace trigger maintain_registry_summaries_on_delete
after delete on canon.identity_registry
referencing old table as before
for each statement execute function canon.maintain_registry_summaries();
alter table canon.identity_registry enable always trigger maintain_registry_summaries_on_delete;
