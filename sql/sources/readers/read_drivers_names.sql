-- The name of each driver account, for views whose readers have no right on the source: SECURITY DEFINER, and hence not
-- inlined.
-- Grain: one row per row of the source.
create or replace function canon.read_drivers_names()
returns table (driver_id text, full_name text, name_parts text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select driver.driver_id, driver.full_name, driver.name_parts
    from canon.read_drivers() as driver
$$;
