-- Persons claimed by at least one scout, with the scout if it is unambiguous, and the first claim. `is_conflict`: the
-- ledger says so, or it has no scout and the events have several. Reads the ledger's summary columns, except for queued
-- persons, whose events are read (see canon.persons_without_scout; conditions stay outside the union for the same
-- reason).
-- Grain and key: person_key.
create or replace view canon.claimed_persons as
select
    person.person_key,
    person.attributed_scout_id is not null as is_in_ledger,
    case
        when person.attributed_scout_id is not null then person.attributed_scout_id
        when person.attribution_rule = 'MANUAL' then null
        when person.event_scouts = 1 then person.event_scout_id
    end as scout_id,
    coalesce(person.decision_status = 'conflict', false) or (
        person.attributed_scout_id is null
        and person.attribution_rule is distinct from 'MANUAL'
        and coalesce(person.event_scouts > 1, false)
    ) as is_conflict,
    person.first_claim_id,
    person.updated_at
from (
    select
        ledger.person_key,
        ledger.attributed_scout_id,
        ledger.attribution_rule,
        ledger.decision_status,
        ledger.updated_at,
        ledger.event_scouts,
        ledger.event_scout_ids[1] as event_scout_id,
        ledger.first_claim_id,
        false as is_looked_up
    from observational.lead_ledger as ledger
    union all
    select
        queued.person_key,
        ledger.attributed_scout_id,
        ledger.attribution_rule,
        ledger.decision_status,
        ledger.updated_at,
        events.scouts,
        events.scout_id,
        events.first_claim_id,
        true
    from canon.attribution_queue as queued
    left join observational.lead_ledger as ledger on ledger.person_key = queued.person_key
    left join lateral (
        select
            count(distinct event.scout_id)::integer as scouts,
            min(event.scout_id) as scout_id,
            (array_agg(event.id order by event.event_date, event.id))[1] as first_claim_id
        from observational.lead_events as event
        where event.person_key = queued.person_key and event.scout_id is not null
    ) as events on true
) as person
where
    (
        person.attributed_scout_id is not null
        or person.decision_status = 'conflict'
        or person.attribution_rule = 'MANUAL'
        or person.first_claim_id is not null
    )
    and (
        person.is_looked_up
        or (select q.person_key from canon.attribution_queue as q where q.person_key = person.person_key)
        is distinct from person.person_key
    );
