-- Open conflicts with the claims of each person. `claimants`: scouts of the events in ascending order, then the
-- ledger's scout, which may be NULL or a duplicate. Reads the ledger's summary columns, except for queued persons,
-- whose events are read (see canon.persons_without_scout); expressions equal those of the indexes.
-- Grain and key: person_key.
create or replace view canon.conflicts as
select
    person.person_key,
    person.scouts,
    person.first_claim_date,
    person.last_claim_date,
    person.ledger_scout_id,
    person.since,
    person.claimants
from (
    select
        ledger.person_key,
        coalesce(cardinality(ledger.event_scout_ids), 0)::bigint
        + case when ledger.attributed_scout_id <> all(coalesce(ledger.event_scout_ids, '{}')) then 1 else 0 end
            as scouts,
        ledger.first_claim_date,
        ledger.last_claim_date,
        ledger.attributed_scout_id as ledger_scout_id,
        coalesce(ledger.conflict_since, ledger.updated_at) as since,
        array_append(ledger.event_scout_ids, ledger.attributed_scout_id) as claimants,
        ledger.decision_status,
        false as is_looked_up
    from observational.lead_ledger as ledger
    union all
    select
        ledger.person_key,
        events.scouts + case when ledger.attributed_scout_id <> all(events.scout_ids) then 1 else 0 end,
        events.first_claim_date,
        events.last_claim_date,
        ledger.attributed_scout_id,
        coalesce(ledger.conflict_since, ledger.updated_at),
        array_append(events.scout_ids, ledger.attributed_scout_id),
        ledger.decision_status,
        true
    from canon.attribution_queue as queued
    inner join observational.lead_ledger as ledger on ledger.person_key = queued.person_key
    left join lateral (
        select
            count(distinct event.scout_id) as scouts,
            coalesce(array_agg(distinct event.scout_id), '{}') as scout_ids,
            min(event.event_date) as first_claim_date,
            max(event.event_date) as last_claim_date
        from observational.lead_events as event
        where event.person_key = queued.person_key and event.scout_id is not null
    ) as events on true
) as person
where
    person.decision_status = 'conflict'
    and (
        person.is_looked_up
        or (select q.person_key from canon.attribution_queue as q where q.person_key = person.person_key)
        is distinct from person.person_key
    );
