-- A driver account as its source writes it, for views whose readers have no right on the source: SECURITY DEFINER, one
-- look-up by its key. The keys are those of what records write.
create or replace function canon.read_drivers_written(driver_id varchar)
returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'driver_name', driver.full_name, 'driver_phone', driver.phone, 'driver_license', driver.license_number,
        'plate', driver.car_number, 'brand', driver.car_brand, 'model', driver.car_model
    )
    from canon.source_drivers as driver
    where driver.driver_id = read_drivers_written.driver_id
    limit 1
$$;
