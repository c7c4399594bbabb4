-- Driver accounts as they are in the source; see canon.read_module_ct_cabinet_leads.
-- Grain: one row per row of the source.
create or replace function canon.read_drivers()
returns table (
    row_version xid, transaction_id xid, driver_id text, park_id text, phone text, license_number text,
    license_normalized_number text, full_name text, name_parts text, car_number text, car_normalized_number text,
    car_brand text, car_model text, hire_date date, came_at_local timestamp, came_at timestamptz
)
language sql stable parallel safe
as $$
    select
        canon.row_version(source.xid, source.content), nullif(source.xid, '0'::xid), source.driver_id, source.park_id,
        source.phone, source.license_number, source.license_normalized_number, source.full_name, source.name_parts,
        source.car_number, source.car_normalized_number, source.car_brand, source.car_model, source.hire_date,
        source.came_at_local, source.came_at
    from (values (null::xid)) as absent (xmin)
    cross join lateral (
        select
            xmin as xid,
            driver::text as content,
            canon.as_text(driver.driver_id) as driver_id,
            canon.as_text(driver.park_id) as park_id,
            canon.as_text(driver.phone) as phone,
            canon.as_text(driver.license_number) as license_number,
            canon.as_text(driver.license_normalized_number) as license_normalized_number,
            canon.as_text(driver.full_name) as full_name,
            concat_ws(
                ' ', canon.as_text(driver.first_name), canon.as_text(driver.middle_name),
                canon.as_text(driver.last_name)
            ) as name_parts,
            canon.as_text(driver.car_number) as car_number,
            canon.as_text(driver.car_normalized_number) as car_normalized_number,
            canon.as_text(driver.car_brand) as car_brand,
            canon.as_text(driver.car_model) as car_model,
            canon.as_day(driver.hire_date, (select zone.timezone from ops.local_time_zone as zone)) as hire_date,
            greatest(canon.as_unzoned(driver.created_at), canon.as_unzoned(driver.updated_at)) as came_at_local,
            greatest(canon.as_zoned(driver.created_at), canon.as_zoned(driver.updated_at)) as came_at
        from public.drivers as driver
    ) as source
$$;
