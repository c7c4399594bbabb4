-- Keeps what is counted and queued of the ledger in step with its rows: canon.persons_without_ledger, the differences
-- in canon.attribution_counts, and the queues of persons to derive again. A statement that changes none of it writes
-- nothing.
create or replace function canon.maintain_ledger_summaries()
returns trigger
language plpgsql
as $$
declare
    factor constant integer := case tg_op when 'DELETE' then -1 else 1 end;
begin
    if tg_op = 'UPDATE' then
        -- merging moves a ledger row to another person
        if exists (select before.person_key from before except all select after.person_key from after) then
            delete from canon.persons_without_ledger as without
            using after
            where without.person_key = after.person_key;
            insert into canon.persons_without_ledger (person_key)
            select before.person_key
            from before
            inner join canon.identity_registry as person on person.person_key = before.person_key
            where
                not exists (select 1 from observational.lead_ledger as row where row.person_key = before.person_key)
            on conflict do nothing;
            insert into canon.payment_queue (person_key)
            select before.person_key from before
            on conflict do nothing;
        end if;
        insert into canon.attribution_counts (
            satisfactory, conflicts, d_events, a_events, scouting_claims, lead_claims
        )
        with changed as (
            select 1 as sign, after.* from after
            union all
            select -1, before.* from before
        ),

        differences as (
            select
                coalesce(sum(sign) filter (where attributed_scout_id is not null), 0) as satisfactory,
                coalesce(sum(sign) filter (where decision_status = 'conflict'), 0) as conflicts,
                coalesce(sum(sign) filter (where attributed_scout_id is null and event_scouts > 0), 0) as d_events,
                coalesce(sum(sign) filter (where attributed_scout_id is null and event_scouts = 0), 0) as a_events,
                coalesce(sum(sign) filter (where has_scouting_claim), 0) as scouting_claims,
                coalesce(sum(sign) filter (where has_lead_claim), 0) as lead_claims
            from changed
        )

        select satisfactory, conflicts, d_events, a_events, scouting_claims, lead_claims
        from differences
        where (satisfactory, conflicts, d_events, a_events, scouting_claims, lead_claims) <> (0, 0, 0, 0, 0, 0);
        return null;
    end if;
    if tg_op = 'INSERT' then
        -- by an array of keys: a join is planned for the whole table
        delete from canon.persons_without_ledger as without
        where without.person_key = any(array(select changed.person_key from changed));
    else
        insert into canon.persons_without_ledger (person_key)
        select changed.person_key
        from changed
        inner join canon.identity_registry as person using (person_key)
        on conflict do nothing;
        insert into canon.payment_queue (person_key)
        select changed.person_key from changed
        on conflict do nothing;
        -- until the row is derived again, its summary is read from the events
        insert into canon.attribution_queue (person_key)
        select changed.person_key from changed
        where exists (select 1 from observational.lead_events as event where event.person_key = changed.person_key)
        on conflict (person_key) do update set person_key = excluded.person_key;
    end if;
    insert into canon.attribution_counts (satisfactory, conflicts, d_events, a_events, scouting_claims, lead_claims)
    select
        factor * count(changed.attributed_scout_id),
        factor * count(*) filter (where changed.decision_status = 'conflict'),
        factor * count(*) filter (where changed.attributed_scout_id is null and changed.event_scouts > 0),
        factor * count(*) filter (where changed.attributed_scout_id is null and changed.event_scouts = 0),
        factor * count(*) filter (where changed.has_scouting_claim),
        factor * count(*) filter (where changed.has_lead_claim)
    from changed
    having count(*) > 0;
    return null;
end
$$;

-- ALWAYS: also under session_replication_role = replica.
-- A trigger with transition tables cannot be limited to columns.
create or replace trigger maintain_ledger_summaries_on_insert
after insert on observational.lead_ledger
referencing new table as changed
for each statement execute function canon.maintain_ledger_summaries();
alter table observational.lead_ledger enable always trigger maintain_ledger_summaries_on_insert;

create or replace trigger maintain_ledger_summaries_on_update
after update on observational.lead_ledger
referencing old table as before new table as after
for each statement execute function canon.maintain_ledger_summaries();
alter table observational.lead_ledger enable always trigger maintain_ledger_summaries_on_update;

create or replace trigger maintain_ledger_summaries_on_delete
after delete on observational.lead_ledger
referencing old table as changed
for each statement execute function canon.maintain_ledger_summaries();
alter table observational.lead_ledger enable always trigger maintain_ledger_summaries_on_delete;

-- What the next run checks. Before the first one nothing is queued: it checks everything.
create or replace function canon.queue_checks_of_lead_ledger()
returns trigger
language plpgsql
as $$
begin
    if not exists (select 1 from ops.check_results as result where result.run_id is not null) then
        return null;
    end if;
    if tg_op = 'UPDATE' then
        insert into canon.check_queue (source_table, source_pk, person_key)
        select null::text, null::text, before.person_key from before
        union
        select null::text, null::text, after.person_key from after;
    else
        insert into canon.check_queue (source_table, source_pk, person_key)
        select null::text, null::text, changed.person_key from changed;
    end if;
    return null;
end
$$;

create or replace trigger queue_checks_on_insert
after insert on observational.lead_ledger
referencing new table as changed
for each statement execute function canon.queue_checks_of_lead_ledger();

create or replace trigger queue_checks_on_update
after update on observational.lead_ledger
referencing old table as before new table as after
for each statement execute function canon.queue_checks_of_lead_ledger();

create or replace trigger queue_checks_on_delete
after delete on observational.lead_ledger
referencing old table as changed
for each statement execute function canon.queue_checks_of_lead_ledger();
