-- Drivers who came from another fleet, as they are in the source; see canon.read_module_ct_cabinet_leads.
-- Grain: one row per row of the source.
create or replace function canon.read_module_ct_migrations()
returns table (
    row_version xid, transaction_id xid, id bigint, id_text text, driver_id text, name text, scout_id integer,
    scout_name text, hired_on date, created_local timestamp, came_at_local timestamp, came_at timestamptz,
    unreadable text[]
)
language sql stable parallel safe
as $$
    select
        canon.row_version(source.xid, source.content), nullif(source.xid, '0'::xid), source.id, source.id_text,
        source.driver_id, source.name, source.scout_id, source.scout_name, source.hired_on, source.created_local,
        source.came_at_local, source.came_at, source.unreadable
    from (values (null::xid)) as absent (xmin)
    cross join lateral (
        select
            xmin as xid,
            migration::text as content,
            canon.as_row_id(migration.id) as id,
            canon.as_text(migration.id) as id_text,
            canon.as_text(migration.driver_id) as driver_id,
            canon.as_text(migration.driver_name) as name,
            canon.as_integer(migration.scout_id) as scout_id,
            canon.as_text(migration.scout_name) as scout_name,
            canon.as_day(migration.hire_date, (select zone.timezone from ops.local_time_zone as zone)) as hired_on,
            canon.as_local_time(migration.created_at, (select zone.timezone from ops.local_time_zone as zone))
                as created_local,
            canon.as_unzoned(migration.created_at) as came_at_local,
            canon.as_zoned(migration.created_at) as came_at,
            array_remove(array[
                case
                    when migration.scout_id is not null and canon.as_integer(migration.scout_id) is null
                        then 'scout_id'
                end,
                case
                    when migration.hire_date is not null and canon.as_day(migration.hire_date, 'UTC') is null
                        then 'hire_date'
                end
            ], null) as unreadable
        from public.module_ct_migrations as migration
    ) as source
$$;
