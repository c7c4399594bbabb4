-- Persons without a scout in the ledger, by category: D a scout in the events, A events but no scout, C no events.
-- Reads the ledger's summary columns, except for queued persons (their events changed since), whose events are read.
-- Every column but scout_id is indexed, per category and overall, for persons with and without a ledger row, so that a
-- page reads only its own rows. For that, the expressions equal those of the indexes, the conditions are outside the
-- union (PostgreSQL merges union branches in index order only without conditions of their own), and the queue is probed
-- per row instead of joined.
-- Grain and key: person_key.
create or replace view canon.persons_without_scout as
select
    person.person_key,
    person.category,
    person.event_count,
    person.first_event_date,
    person.last_event_date,
    person.scout_id
from (
    select
        ledger.person_key,
        case when ledger.event_scouts > 0 then 'D' when ledger.event_scouts = 0 then 'A' else 'C' end as category,
        coalesce(ledger.event_count, 0)::bigint as event_count,
        ledger.first_event_date,
        ledger.last_event_date,
        case when ledger.event_scouts = 1 then ledger.event_scout_ids[1] end as scout_id,
        ledger.attributed_scout_id,
        false as is_looked_up
    from observational.lead_ledger as ledger
    union all
    select
        without.person_key,
        'C'::text,
        0::bigint,
        null::date,
        null::date,
        null::integer,
        null::integer,
        false
    from canon.persons_without_ledger as without
    union all
    select
        queued.person_key,
        case when events.scouts > 0 then 'D' when events.event_count > 0 then 'A' else 'C' end,
        events.event_count,
        events.first_event_date,
        events.last_event_date,
        case when events.scouts = 1 then events.scout_id end,
        (
            select ledger.attributed_scout_id from observational.lead_ledger as ledger
            where ledger.person_key = queued.person_key
        ),
        true
    from canon.attribution_queue as queued
    left join lateral (
        select
            count(*) as event_count,
            min(event.event_date) as first_event_date,
            max(event.event_date) as last_event_date,
            count(distinct event.scout_id) as scouts,
            min(event.scout_id) as scout_id
        from observational.lead_events as event
        where event.person_key = queued.person_key
    ) as events on true
    where
        (
            select registered.person_key from canon.identity_registry as registered
            where registered.person_key = queued.person_key
        ) is not null
) as person
where
    person.attributed_scout_id is null
    and (
        person.is_looked_up
        or (select q.person_key from canon.attribution_queue as q where q.person_key = person.person_key)
        is distinct from person.person_key
    );
