-- Every person without a scout in the ledger, and its category: D a scout stands in its events, A it has events, none
-- with a scout, C it has no events. The ledger row says what the events hold, except of persons whose events changed
-- since (they are queued): those are looked up. Grain and key: person_key.
-- One branch per category, each on an index that holds nobody else: a page of one category costs the same whether it
-- is full or empty. Each is in order, so that a page merges them and looks no further; what it asks of other tables are
-- look-ups, and not joins, which would be made for all rows at once.
create or replace view canon.persons_without_scout as
(
    select
        ledger.person_key,
        'D' as category
    from observational.lead_ledger as ledger
    where
        ledger.attributed_scout_id is null
        and ledger.event_scouts > 0
        and (select q.person_key from canon.attribution_queue as q where q.person_key = ledger.person_key) is null
    order by ledger.person_key
)
union all
(
    select
        ledger.person_key,
        'A'
    from observational.lead_ledger as ledger
    where
        ledger.attributed_scout_id is null
        and ledger.event_scouts = 0
        and (select q.person_key from canon.attribution_queue as q where q.person_key = ledger.person_key) is null
    order by ledger.person_key
)
union all
(
    select
        ledger.person_key,
        'C'
    from observational.lead_ledger as ledger
    where
        ledger.attributed_scout_id is null
        and ledger.event_scouts is null
        and (select q.person_key from canon.attribution_queue as q where q.person_key = ledger.person_key) is null
    order by ledger.person_key
)
union all
(
    select
        without.person_key,
        'C'
    from canon.persons_without_ledger as without
    where (select q.person_key from canon.attribution_queue as q where q.person_key = without.person_key) is null
    order by without.person_key
)
union all
(
    select
        queued.person_key,
        case
            when exists (
                select 1 from observational.lead_events as event
                where event.person_key = queued.person_key and event.scout_id is not null
            ) then 'D'
            when exists (
                select 1 from observational.lead_events as event where event.person_key = queued.person_key
            ) then 'A'
            else 'C'
        end
    from canon.attribution_queue as queued
    where
        (
            select person.person_key from canon.identity_registry as person
            where person.person_key = queued.person_key
        ) is not null
        and (
            select ledger.attributed_scout_id from observational.lead_ledger as ledger
            where ledger.person_key = queued.person_key
        ) is null
    order by queued.person_key
);
