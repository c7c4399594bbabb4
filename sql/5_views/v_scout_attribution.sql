-- Who brought each person that somebody claims: the ledger's scout, else the only scout of its events, else nobody and
-- is_conflict. Where a human decided, it is the ledger's scout or nobody. Driver, licence and phone are those of the
-- claim, else those that the person is known by. Grain and key: person_key.
-- One look-up per person: a page, a person or a list of claims costs no more than its own rows; who asks for one scout
-- looks at the events of nobody whose ledger says another.
create or replace view ops.v_scout_attribution as
select
    person.person_key,
    coalesce(
        event.payload_json ->> 'driver_id',
        (
            select link.source_pk from canon.identity_links as link
            where link.person_key = person.person_key and link.source_table = 'drivers'
            order by link.source_pk
            limit 1
        )
    ) as driver_id,
    coalesce(event.payload_json ->> 'driver_license', person.primary_license) as driver_license,
    coalesce(event.payload_json ->> 'driver_phone', person.primary_phone) as driver_phone,
    case
        when ledger.attributed_scout_id is not null then ledger.attributed_scout_id
        when ledger.attribution_rule = 'MANUAL' then null
        else (
            select case when min(claim.scout_id) = max(claim.scout_id) then min(claim.scout_id) end
            from observational.lead_events as claim
            where claim.person_key = person.person_key and claim.scout_id is not null
        )
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
    coalesce(ledger.decision_status = 'conflict', event.is_conflict, false) as is_conflict
from canon.identity_registry as person
left join observational.lead_ledger as ledger
    on
        ledger.person_key = person.person_key
        and (
            ledger.attributed_scout_id is not null
            or ledger.decision_status = 'conflict'
            or ledger.attribution_rule = 'MANUAL'
        )
left join lateral (
    select
        first_event.*,
        first_event.scout_id <> coalesce(
            (
                select max(other.scout_id) from observational.lead_events as other
                where other.person_key = person.person_key and other.scout_id <> first_event.scout_id
            ), first_event.scout_id
        ) as is_conflict
    from observational.lead_events as first_event
    where first_event.person_key = person.person_key and first_event.scout_id is not null
    order by first_event.event_date, first_event.id
    limit 1
) as event on true
where ledger.person_key is not null or event.id is not null;
