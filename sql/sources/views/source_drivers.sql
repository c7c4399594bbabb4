-- Driver accounts as they are in the source, nothing cleaned. Leaves out accounts whose driver_id is empty or too long
-- for an index.
-- Grain and key: driver_id.
create or replace view canon.source_drivers as
select
    driver.driver_id,
    driver.xmin as row_version,
    driver.park_id,
    driver.phone::text as phone,
    driver.license_number::text as license_number,
    driver.license_normalized_number::text as license_normalized_number,
    driver.full_name::text as full_name,
    concat_ws(' ', driver.first_name, driver.middle_name, driver.last_name) as name_parts,
    driver.car_number::text as car_number,
    driver.car_normalized_number::text as car_normalized_number,
    driver.car_brand::text as car_brand,
    driver.car_model::text as car_model,
    driver.hire_date
from public.drivers as driver
where
    driver.driver_id <> ''
    and octet_length(driver.driver_id) <= 500;
