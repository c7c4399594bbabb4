-- Drivers who came from another fleet.
create or replace view canon.records_of_module_ct_migrations as
select
    migration.id_text::varchar as source_pk,
    migration.id as row_id,
    migration.row_version,
    true as has_own_key,
    coalesce(migration.hired_on, migration.created_local::date) as event_date,
    coalesce(canon.plausible_date(migration.hired_on)::timestamp, migration.created_local) as recorded_at,
    migration.name,
    null::text as phone,
    null::text as license,
    null::text as plate,
    null::text as car_model,
    migration.driver_id::varchar as driver_id,
    migration.scout_id,
    'fleet_migration' as origin_tag,
    null::text as acquisition_method,
    migration.scout_name,
    migration.came_at_local,
    migration.came_at,
    migration.transaction_id,
    migration.unreadable
from canon.read_module_ct_migrations() as migration;
