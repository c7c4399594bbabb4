-- All claims of all sources, also those that the ledger does not follow, those of records without a person (person_key
-- NULL), and those of records without a date (attribution_date NULL), which have no event and so reach no other view.
-- priority: 1 ledger, 2 lead events of cabinet leads, 3 migrations, 4 scouting rows; 5, payments, are no claims.
-- Grain: one claim.
create or replace view ops.v_scout_attribution_raw as
select
    ledger.person_key,
    (
        select min(link.source_pk) from canon.identity_links as link
        where link.person_key = ledger.person_key and link.source_table = 'drivers'
    ) as driver_id,
    person.primary_license::text as driver_license,
    person.primary_phone::text as driver_phone,
    ledger.attributed_scout_id as scout_id,
    case
        when ledger.attributed_source = 'fleet_migration' then 'fleet_migration' else 'cabinet'
    end::text as origin_tag,
    null::text as acquisition_method,
    'lead_ledger'::text as source_table,
    ledger.person_key::text as source_pk,
    (
        ledger.updated_at at time zone (select zone.timezone from ops.local_time_zone as zone)
    )::date as attribution_date,
    ledger.updated_at as created_at,
    1 as priority
from observational.lead_ledger as ledger
left join canon.identity_registry as person on person.person_key = ledger.person_key
where ledger.attributed_scout_id is not null
union all
select
    event.person_key,
    coalesce(
        event.payload_json ->> 'driver_id',
        (
            select min(link.source_pk) from canon.identity_links as link
            where link.person_key = event.person_key and link.source_table = 'drivers'
        )
    ),
    event.payload_json ->> 'driver_license',
    event.payload_json ->> 'driver_phone',
    event.scout_id,
    event.payload_json ->> 'origin_tag',
    event.payload_json ->> 'acquisition_method',
    event.source_table::text,
    event.source_pk::text,
    event.event_date,
    event.created_at,
    case event.source_table
        when 'module_ct_migrations' then 3
        when 'module_ct_scouting_daily' then 4
        else 2
    end
from observational.lead_events as event
where event.scout_id is not null
union all
select
    link.person_key,
    coalesce(
        record.payload ->> 'driver_id',
        (
            select min(account.source_pk) from canon.identity_links as account
            where account.person_key = link.person_key and account.source_table = 'drivers'
        )
    ),
    record.payload ->> 'driver_license',
    record.payload ->> 'driver_phone',
    record.scout_id,
    record.payload ->> 'origin_tag',
    record.payload ->> 'acquisition_method',
    record.source_table::text,
    record.source_pk::text,
    null,
    record.created_at,
    case record.source_table
        when 'module_ct_migrations' then 3
        when 'module_ct_scouting_daily' then 4
        else 2
    end
from canon.records_index as record
left join canon.identity_links as link using (source_table, source_pk)
where
    record.event_date is null
    and record.scout_id is not null
    -- it may have lost its date since
    and not exists (
        select 1 from observational.lead_events as event
        where event.source_table = record.source_table and event.source_pk = record.source_pk
    );
