-- Rows that scouts wrote down in the street, as they are in the source; see canon.read_module_ct_cabinet_leads.
-- Grain: one row per row of the source.
create or replace function canon.read_module_ct_scouting_daily()
returns table (
    row_version xid, transaction_id xid, id bigint, id_text text, registered_on date, scout_id integer, name text,
    phone text, license text, acquisition_method text, came_at_local timestamp, came_at timestamptz, unreadable text[]
)
language sql stable parallel safe
as $$
    select
        canon.row_version(source.xid, source.content), nullif(source.xid, '0'::xid), source.id, source.id_text,
        source.registered_on, source.scout_id, source.name, source.phone, source.license, source.acquisition_method,
        source.came_at_local, source.came_at, source.unreadable
    from (values (null::xid)) as absent (xmin)
    cross join lateral (
        select
            xmin as xid,
            scouting::text as content,
            canon.as_row_id(scouting.id) as id,
            canon.as_text(scouting.id) as id_text,
            canon.as_day(scouting.registration_date, (select zone.timezone from ops.local_time_zone as zone))
                as registered_on,
            canon.as_integer(scouting.scout_id) as scout_id,
            canon.as_text(scouting.driver_name) as name,
            canon.as_text(scouting.driver_phone) as phone,
            canon.as_text(scouting.driver_license) as license,
            canon.as_text(scouting.acquisition_method) as acquisition_method,
            canon.as_unzoned(scouting.created_at) as came_at_local,
            canon.as_zoned(scouting.created_at) as came_at,
            array_remove(array[
                case
                    when scouting.scout_id is not null and canon.as_integer(scouting.scout_id) is null then 'scout_id'
                end,
                case
                    when
                        scouting.registration_date is not null
                        and canon.as_day(scouting.registration_date, 'UTC') is null
                        then 'registration_date'
                end
            ], null) as unreadable
        from public.module_ct_scouting_daily as scouting
    ) as source
$$;
