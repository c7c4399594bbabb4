-- Drivers who came from another fleet.
create or replace view canon.records_of_module_ct_migrations as
select
    migration.id::varchar as source_pk,
    migration.id::bigint as row_id,
    migration.xmin as row_version,
    true as has_own_key,
    coalesce(migration.hire_date, migration.created_at::date) as event_date,
    coalesce(canon.plausible_date(migration.hire_date)::timestamp, migration.created_at) as recorded_at,
    migration.driver_name::text as name,
    null::text as phone,
    null::text as license,
    null::text as plate,
    null::text as car_model,
    migration.driver_id::varchar as driver_id,
    migration.scout_id,
    'fleet_migration' as origin_tag,
    null::text as acquisition_method,
    migration.scout_name::text as scout_name,
    migration.created_at::timestamp as came_at_local
from public.module_ct_migrations as migration;
