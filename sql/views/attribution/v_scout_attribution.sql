-- The scout of each claimed person: the ledger's scout, else the only scout of its events, else NULL with is_conflict.
-- After a human decision only the ledger's scout counts. Driver, licence and phone come from the first claim, else from
-- the person. The cost is proportional to the rows read: see canon.claimed_persons.
-- Grain and key: person_key.
create or replace view ops.v_scout_attribution as
select
    claimed.person_key,
    coalesce(
        event.payload_json ->> 'driver_id',
        (
            select min(link.source_pk) from canon.identity_links as link
            where link.person_key = claimed.person_key and link.source_table = 'drivers'
        )
    ) as driver_id,
    coalesce(event.payload_json ->> 'driver_license', person.primary_license) as driver_license,
    coalesce(event.payload_json ->> 'driver_phone', person.primary_phone) as driver_phone,
    claimed.scout_id,
    event.payload_json ->> 'acquisition_method' as acquisition_method,
    case when claimed.is_in_ledger then 'lead_ledger' else event.source_table end::text as source_table,
    case when claimed.is_in_ledger then claimed.person_key::text else event.source_pk end::text as source_pk,
    coalesce(
        event.event_date,
        (claimed.updated_at at time zone (select zone.timezone from ops.local_time_zone as zone))::date
    ) as attribution_date,
    coalesce(event.created_at, claimed.updated_at) as created_at,
    case
        when claimed.is_in_ledger then 1
        when event.source_table = 'module_ct_migrations' then 3
        when event.source_table = 'module_ct_scouting_daily' then 4
        else 2
    end as priority,
    claimed.is_conflict
from canon.claimed_persons as claimed
left join observational.lead_events as event on event.id = claimed.first_claim_id
left join canon.identity_registry as person on person.person_key = claimed.person_key;
