-- What is kept so that nobody looks through a million rows to show one page: what a person's events hold, beside its
-- ledger row; how many persons stand where; and the two lists of money as of the last refresh.

-- What the events of a person held when its ledger row was derived
-- All NULL: not derived from events. Whoever is in canon.attribution_queue is looked up instead.
alter table observational.lead_ledger
add column if not exists event_count integer,
add column if not exists first_event_date date,
add column if not exists last_event_date date,
-- a claim is an event with a scout; the first by its day, then by id
add column if not exists first_claim_id integer,
add column if not exists first_claim_date date,
add column if not exists last_claim_date date,
add column if not exists event_scout_ids integer[],
add column if not exists has_scouting_claim boolean,
add column if not exists has_lead_claim boolean;

-- Rows derived before there was a place for this are derived once more.
insert into canon.attribution_queue (person_key)
select ledger.person_key
from observational.lead_ledger as ledger
where ledger.event_scouts is not null
on conflict do nothing;

-- The backlog by each of its orders, of one category or of all; see canon.persons_without_scout.
create index if not exists lead_ledger_backlog_person
on observational.lead_ledger (person_key) where attributed_scout_id is null;
create index if not exists lead_ledger_backlog_category
on observational.lead_ledger (
    (case when event_scouts > 0 then 'D' when event_scouts = 0 then 'A' else 'C' end), person_key
) where attributed_scout_id is null;
create index if not exists lead_ledger_backlog_events
on observational.lead_ledger ((coalesce(event_count, 0)::bigint), person_key) where attributed_scout_id is null;
create index if not exists lead_ledger_backlog_category_events
on observational.lead_ledger (
    (case when event_scouts > 0 then 'D' when event_scouts = 0 then 'A' else 'C' end),
    (coalesce(event_count, 0)::bigint), person_key
) where attributed_scout_id is null;
create index if not exists lead_ledger_backlog_first
on observational.lead_ledger (first_event_date, person_key) where attributed_scout_id is null;
create index if not exists lead_ledger_backlog_category_first
on observational.lead_ledger (
    (case when event_scouts > 0 then 'D' when event_scouts = 0 then 'A' else 'C' end), first_event_date, person_key
) where attributed_scout_id is null;
create index if not exists lead_ledger_backlog_last
on observational.lead_ledger (last_event_date, person_key) where attributed_scout_id is null;
create index if not exists lead_ledger_backlog_category_last
on observational.lead_ledger (
    (case when event_scouts > 0 then 'D' when event_scouts = 0 then 'A' else 'C' end), last_event_date, person_key
) where attributed_scout_id is null;
create index if not exists lead_ledger_backlog_scout
on observational.lead_ledger ((case when event_scouts = 1 then event_scout_ids[1] end), person_key)
where (case when event_scouts = 1 then event_scout_ids[1] end) is not null and attributed_scout_id is null;
-- The backlog no longer reads these.
drop index if exists observational.lead_ledger_without_scout;
drop index if exists observational.lead_ledger_scout_not_propagated;

-- Open conflicts by each of their orders; see ops.v_scout_attribution_conflicts.
create index if not exists lead_ledger_conflicts_scouts
on observational.lead_ledger (
    (
        coalesce(cardinality(event_scout_ids), 0)::bigint
        + case when attributed_scout_id <> all(coalesce(event_scout_ids, '{}')) then 1 else 0 end
    ), person_key
) where decision_status = 'conflict';
create index if not exists lead_ledger_conflicts_first
on observational.lead_ledger (first_claim_date, person_key) where decision_status = 'conflict';
create index if not exists lead_ledger_conflicts_last
on observational.lead_ledger (last_claim_date, person_key) where decision_status = 'conflict';

-- How many persons stand where
-- --------------------------------------------------------------------------------------
-- Each statement that changes one of these numbers adds a row with the difference, in its own transaction; the sum is
-- the number, exact at any moment, and nobody waits for anybody. The refresh folds the rows into one.
create table if not exists canon.attribution_counts (
    id bigint generated always as identity primary key,
    persons bigint not null default 0,
    -- of the ledger: rows with a scout; in conflict; without a scout, with scouts and without in the events
    satisfactory bigint not null default 0,
    conflicts bigint not null default 0,
    d_events bigint not null default 0,
    a_events bigint not null default 0,
    scouting_claims bigint not null default 0,
    lead_claims bigint not null default 0
);

-- Keeps what is counted of the two tables, and who has no ledger row, after each statement that changed them. A
-- statement that left all of it alone writes nothing.
create or replace function canon.maintain_ledger_summaries()
returns trigger
language plpgsql
as $$
begin
    case tg_table_name || ' ' || tg_op
        when 'identity_registry INSERT' then
            insert into canon.persons_without_ledger (person_key)
            select after.person_key
            from after
            where not exists (select 1 from observational.lead_ledger as row where row.person_key = after.person_key)
            on conflict do nothing;
            insert into canon.attribution_counts (persons) select count(*) from after having count(*) > 0;
        when 'identity_registry DELETE' then
            delete from canon.persons_without_ledger as without
            using before
            where without.person_key = before.person_key;
            delete from canon.scout_payments as kept using before where kept.person_key = before.person_key;
            insert into canon.attribution_counts (persons) select -count(*) from before having count(*) > 0;
        when 'lead_ledger INSERT' then
            -- by their keys: a join would be planned as one with all of the many
            delete from canon.persons_without_ledger as without
            where without.person_key = any(array(select after.person_key from after));
            insert into canon.attribution_counts (
                satisfactory, conflicts, d_events, a_events, scouting_claims, lead_claims
            )
            select
                count(after.attributed_scout_id),
                count(*) filter (where after.decision_status = 'conflict'),
                count(*) filter (where after.attributed_scout_id is null and after.event_scouts > 0),
                count(*) filter (where after.attributed_scout_id is null and after.event_scouts = 0),
                count(*) filter (where after.has_scouting_claim),
                count(*) filter (where after.has_lead_claim)
            from after
            having count(*) > 0;
        when 'lead_ledger DELETE' then
            insert into canon.persons_without_ledger (person_key)
            select before.person_key
            from before
            inner join canon.identity_registry as person on person.person_key = before.person_key
            on conflict do nothing;
            insert into canon.payment_queue (person_key)
            select before.person_key from before
            on conflict do nothing;
            -- what was told by a row that is gone is looked up, until there is one again
            insert into canon.attribution_queue (person_key)
            select before.person_key from before
            where exists (select 1 from observational.lead_events as event where event.person_key = before.person_key)
            on conflict (person_key) do update set person_key = excluded.person_key;
            insert into canon.attribution_counts (
                satisfactory, conflicts, d_events, a_events, scouting_claims, lead_claims
            )
            select
                -count(before.attributed_scout_id),
                -count(*) filter (where before.decision_status = 'conflict'),
                -count(*) filter (where before.attributed_scout_id is null and before.event_scouts > 0),
                -count(*) filter (where before.attributed_scout_id is null and before.event_scouts = 0),
                -count(*) filter (where before.has_scouting_claim),
                -count(*) filter (where before.has_lead_claim)
            from before
            having count(*) > 0;
        else
            -- a ledger row that went to another person, which merging does
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
                select
                    1 as sign, after.attributed_scout_id, after.decision_status, after.event_scouts,
                    after.has_scouting_claim, after.has_lead_claim
                from after
                union all
                select
                    -1, before.attributed_scout_id, before.decision_status, before.event_scouts,
                    before.has_scouting_claim, before.has_lead_claim
                from before
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
    end case;
    return null;
end
$$;

-- The two lists of money
-- --------------------------------------------------------------------------------------------
-- Persons to derive once more for the list of what scouts are owed.
create table if not exists canon.payment_queue (
    person_key uuid primary key
);

-- ops.v_scout_payment_base as of the last refresh; ops.v_scout_liquidation shows it.
create table if not exists canon.scout_payments (
    person_key uuid primary key,
    driver_id text,
    scout_id integer,
    origin_tag text,
    source_table text,
    source_pk text,
    attribution_date date,
    milestone_reached integer not null,
    milestone_date date,
    eligible_7d boolean not null,
    amount_payable numeric(10, 2) not null,
    payment_status text not null,
    block_reason text,
    lead_date date,
    payable_date date,
    currency text
);
create index if not exists scout_payments_attributed
on canon.scout_payments (attribution_date desc nulls last, person_key);
create index if not exists scout_payments_lead on canon.scout_payments (lead_date desc nulls last, person_key);
create index if not exists scout_payments_amount on canon.scout_payments (amount_payable desc nulls last, person_key);
create index if not exists scout_payments_scout on canon.scout_payments (scout_id, person_key);
create index if not exists scout_payments_status on canon.scout_payments (payment_status, person_key);
create index if not exists scout_payments_status_lead
on canon.scout_payments (payment_status, lead_date desc nulls last, person_key);
create index if not exists scout_payments_blocked on canon.scout_payments (block_reason, person_key)
where block_reason is not null;
create index if not exists scout_payments_milestone on canon.scout_payments (milestone_reached, person_key)
where milestone_reached > 0;
-- Filters go together: who is eligible is not blocked.
create statistics if not exists canon.scout_payments_filters (mcv)
on payment_status, block_reason, milestone_reached, origin_tag from canon.scout_payments;

-- How many persons and how much money pass each combination of filters.
create table if not exists canon.scout_payment_totals (
    scout_id integer,
    payment_status text not null,
    block_reason text,
    milestone_reached integer not null,
    origin_tag text,
    currency text,
    persons bigint not null,
    amount numeric not null
);

-- ops.v_yango_collection_with_scout as of the last refresh; ops.v_yango_collection_list shows it. How long a claim is
-- overdue is told when it is read.
create table if not exists canon.partner_claims (
    driver_id varchar,
    person_key uuid,
    driver_name varchar,
    milestone_value integer,
    lead_date date,
    expected_amount numeric(12, 2),
    yango_due_date timestamp,
    yango_payment_status text,
    payment_key text,
    pay_date date,
    reason_code text,
    match_rule text,
    match_confidence text,
    identity_status text,
    suggested_driver_id text,
    is_reconcilable_enriched boolean,
    scout_id integer,
    scout_name varchar,
    scout_name_normalized varchar,
    scout_is_active boolean,
    scout_quality_bucket text not null,
    is_scout_resolved boolean not null,
    scout_source_table text,
    scout_attribution_date date,
    scout_priority integer,
    is_conflict boolean not null
);
create index if not exists partner_claims_key on canon.partner_claims (driver_id, milestone_value);
create index if not exists partner_claims_person on canon.partner_claims (person_key);
create index if not exists partner_claims_lead
on canon.partner_claims (lead_date desc nulls last, milestone_value desc nulls last, driver_id);
create index if not exists partner_claims_due on canon.partner_claims (yango_due_date, driver_id, milestone_value);
create index if not exists partner_claims_amount
on canon.partner_claims (expected_amount desc nulls last, driver_id, milestone_value);
create index if not exists partner_claims_scout on canon.partner_claims (scout_id, driver_id, milestone_value);
create index if not exists partner_claims_status on canon.partner_claims (yango_payment_status);
create index if not exists partner_claims_conflict on canon.partner_claims (lead_date desc nulls last)
where is_conflict;

-- Of which moment the lists are, and up to where changes were looked for; one row each.
create table if not exists canon.read_model_refreshes (
    read_model text primary key check (read_model in ('payments', 'claims')),
    refreshed_at timestamptz not null,
    run_id integer,
    -- the rules in force and the time zone: when they change, everything is derived once more
    settings text,
    -- what the server said of the table of trips before it was looked through, and the oldest open transaction then
    trips_identity text,
    trips_seen text,
    trips_horizon xid8,
    -- the oldest transaction that was open when the other tables were looked through
    horizon xid8
);

-- An account that is quarantined or released, and one that is lost, change what its person is worth.
create or replace function canon.queue_payments()
returns trigger
language plpgsql
as $$
begin
    case
        when tg_table_name = 'identity_links' then
            insert into canon.payment_queue (person_key)
            select distinct before.person_key from before where before.source_table = 'drivers'
            on conflict do nothing;
        when tg_op = 'DELETE' then
            insert into canon.payment_queue (person_key)
            select link.person_key
            from canon.identity_links as link
            where link.source_table = 'drivers' and link.source_pk in (select before.driver_id from before)
            on conflict do nothing;
        else
            insert into canon.payment_queue (person_key)
            select link.person_key
            from canon.identity_links as link
            where link.source_table = 'drivers' and link.source_pk in (select after.driver_id from after)
            on conflict do nothing;
    end case;
    return null;
end
$$;

create or replace trigger queue_payments_on_insert after insert on canon.driver_orphan_quarantine
referencing new table as after for each statement execute function canon.queue_payments();
create or replace trigger queue_payments_on_update after update on canon.driver_orphan_quarantine
referencing new table as after for each statement execute function canon.queue_payments();
create or replace trigger queue_payments_on_delete after delete on canon.driver_orphan_quarantine
referencing old table as before for each statement execute function canon.queue_payments();
create or replace trigger queue_payments_on_update after update on canon.identity_links
referencing old table as before for each statement execute function canon.queue_payments();
create or replace trigger queue_payments_on_delete after delete on canon.identity_links
referencing old table as before for each statement execute function canon.queue_payments();

-- The triggers
-- ------------------------------------------------------------------------------------------------------
-- ALWAYS: also under session_replication_role = replica.
create or replace trigger maintain_ledger_summaries_on_insert
after insert on canon.identity_registry
referencing new table as after
for each statement execute function canon.maintain_ledger_summaries();
alter table canon.identity_registry enable always trigger maintain_ledger_summaries_on_insert;

create or replace trigger maintain_ledger_summaries_on_delete
after delete on canon.identity_registry
referencing old table as before
for each statement execute function canon.maintain_ledger_summaries();
alter table canon.identity_registry enable always trigger maintain_ledger_summaries_on_delete;

create or replace trigger maintain_ledger_summaries_on_insert
after insert on observational.lead_ledger
referencing new table as after
for each statement execute function canon.maintain_ledger_summaries();
alter table observational.lead_ledger enable always trigger maintain_ledger_summaries_on_insert;

create or replace trigger maintain_ledger_summaries_on_update
after update on observational.lead_ledger
referencing old table as before new table as after
for each statement execute function canon.maintain_ledger_summaries();
alter table observational.lead_ledger enable always trigger maintain_ledger_summaries_on_update;

create or replace trigger maintain_ledger_summaries_on_delete
after delete on observational.lead_ledger
referencing old table as before
for each statement execute function canon.maintain_ledger_summaries();
alter table observational.lead_ledger enable always trigger maintain_ledger_summaries_on_delete;


delete from canon.attribution_counts;
insert into canon.attribution_counts (
    persons, satisfactory, conflicts, d_events, a_events, scouting_claims, lead_claims
)
select
    (select count(*) from canon.identity_registry),
    count(ledger.attributed_scout_id),
    count(*) filter (where ledger.decision_status = 'conflict'),
    count(*) filter (where ledger.attributed_scout_id is null and ledger.event_scouts > 0),
    count(*) filter (where ledger.attributed_scout_id is null and ledger.event_scouts = 0),
    count(*) filter (where ledger.has_scouting_claim),
    count(*) filter (where ledger.has_lead_claim)
from observational.lead_ledger as ledger
having count(*) > 0 or exists (select 1 from canon.identity_registry); -- an empty database has nothing to count
