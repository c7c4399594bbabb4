-- Driver accounts as they are in the source, nothing cleaned. Leaves out accounts whose driver_id is empty or too long
-- for an index.
-- Grain and key: driver_id.
create or replace view canon.source_drivers as
select
    driver.driver_id::varchar as driver_id,
    driver.row_version,
    driver.park_id::varchar as park_id,
    driver.phone,
    driver.license_number,
    driver.license_normalized_number,
    driver.full_name,
    driver.name_parts,
    driver.car_number,
    driver.car_normalized_number,
    driver.car_brand,
    driver.car_model,
    driver.hire_date
from canon.read_drivers() as driver
where
    driver.driver_id <> ''
    and octet_length(driver.driver_id) <= 500;
