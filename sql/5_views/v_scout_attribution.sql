-- Who brought each person that somebody claims: the ledger's scout, else the only scout of its events, else
-- nobody and is_conflict. Where a human decided, it is the ledger's scout or nobody. Driver, licence and
-- phone are those of the claim, else those that the person is known by. Grain and key: person_key.
create or replace view ops.v_scout_attribution as
with events as (
    select
        event.person_key,
        min(event.scout_id) as scout_id,
        min(event.scout_id) <> max(event.scout_id) as is_conflict,
        (array_agg(event.id order by event.event_date, event.id))[1] as event_id
    from observational.lead_events as event
    where event.scout_id is not null and event.person_key is not null
    group by event.person_key
)

select
    coalesce(ledger.person_key, events.person_key) as person_key,
    coalesce(
        event.payload_json ->> 'driver_id',
        (
            select link.source_pk from canon.identity_links as link
            where
                link.person_key = coalesce(ledger.person_key, events.person_key)
                and link.source_table = 'drivers'
            order by link.source_pk
            limit 1
        )
    ) as driver_id,
    coalesce(
        event.payload_json ->> 'driver_license',
        (
            select person.primary_license from canon.identity_registry as person
            where person.person_key = coalesce(ledger.person_key, events.person_key)
        )
    ) as driver_license,
    coalesce(
        event.payload_json ->> 'driver_phone',
        (
            select person.primary_phone from canon.identity_registry as person
            where person.person_key = coalesce(ledger.person_key, events.person_key)
        )
    ) as driver_phone,
    case
        when ledger.attributed_scout_id is not null then ledger.attributed_scout_id
        when ledger.attribution_rule = 'MANUAL' or events.is_conflict then null
        else events.scout_id
    end as scout_id,
    event.payload_json ->> 'acquisition_method' as acquisition_method,
    case
        when ledger.attributed_scout_id is not null then 'lead_ledger' else event.source_table
    end::text as source_table,
    case
        when ledger.attributed_scout_id is not null then ledger.person_key::text else event.source_pk
    end::text as source_pk,
    coalesce(
        event.event_date,
        (ledger.updated_at at time zone (select zone.timezone from ops.local_time_zone as zone))::date
    ) as attribution_date,
    coalesce(event.created_at, ledger.updated_at) as created_at,
    case
        when ledger.attributed_scout_id is not null then 1
        when event.source_table = 'module_ct_migrations' then 3
        when event.source_table = 'module_ct_scouting_daily' then 4
        else 2
    end as priority,
    coalesce(ledger.decision_status = 'conflict', coalesce(events.is_conflict, false)) as is_conflict
from (
    select * from observational.lead_ledger
    where attributed_scout_id is not null or decision_status = 'conflict' or attribution_rule = 'MANUAL'
) as ledger
full join events on events.person_key = ledger.person_key
left join observational.lead_events as event on event.id = events.event_id;
