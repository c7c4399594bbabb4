-- When a driver account was hired, for views whose readers have no right on the source: SECURITY DEFINER, one look-up
-- by its key.
create or replace function canon.read_drivers_hire_date(driver_id varchar)
returns date
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select driver.hire_date
    from canon.source_drivers as driver
    where driver.driver_id = read_drivers_hire_date.driver_id
    limit 1
$$;
