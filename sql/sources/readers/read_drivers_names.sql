-- The name of each driver account, for views whose readers have no right on the source: SECURITY DEFINER, and hence not
-- inlined.
-- Grain and key: driver_id, as canon.source_drivers.
create or replace function canon.read_drivers_names()
returns table (driver_id text, full_name text, name_parts text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select driver.driver_id, driver.full_name, driver.name_parts
    from canon.source_drivers as driver
$$;
