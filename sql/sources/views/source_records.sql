-- All source records in one shape, nothing cleaned. `row_version` is the transaction that last wrote the row: it
-- changes with every insert or update, however late it commits and whatever dates it carries (ADR 2). A source_pk too
-- long for an index is replaced by the row's id (ADR 7). Columns are cheap to compute: each run scans all rows for the
-- few changed.
-- Grain: one row per row of a source table.
create or replace view canon.source_records as
select
    'module_ct_cabinet_leads'::varchar as source_table,
    case
        when octet_length(lead.external_id) <= 500 then lead.external_id
        else lead.id::varchar
    end as source_pk,
    lead.id::bigint as row_id,
    lead.xmin as row_version,
    coalesce(octet_length(lead.external_id) <= 500, false) as has_own_key,
    lead.lead_created_at::date as event_date,
    lead.lead_created_at as recorded_at,
    concat_ws(' ', lead.first_name, lead.middle_name, lead.last_name) as name,
    lead.park_phone::text as phone,
    null::text as license,
    lead.asset_plate_number::text as plate,
    lead.asset_model::text as car_model,
    null::varchar as driver_id,
    null::integer as scout_id,
    'cabinet' as origin_tag,
    null::text as acquisition_method,
    null::text as scout_name
from public.module_ct_cabinet_leads as lead
union all
select
    'module_ct_scouting_daily',
    scouting.id::varchar,
    scouting.id,
    scouting.xmin,
    true,
    scouting.registration_date,
    canon.plausible_date(scouting.registration_date)::timestamp,
    scouting.driver_name::text,
    scouting.driver_phone::text,
    scouting.driver_license::text,
    null,
    null,
    null,
    scouting.scout_id,
    'cabinet',
    scouting.acquisition_method::text,
    null
from public.module_ct_scouting_daily as scouting
union all
select
    'module_ct_migrations',
    migration.id::varchar,
    migration.id,
    migration.xmin,
    true,
    coalesce(migration.hire_date, migration.created_at::date),
    coalesce(canon.plausible_date(migration.hire_date)::timestamp, migration.created_at),
    migration.driver_name::text,
    null,
    null,
    null,
    null,
    migration.driver_id::varchar,
    migration.scout_id,
    'fleet_migration',
    null,
    migration.scout_name::text
from public.module_ct_migrations as migration;
