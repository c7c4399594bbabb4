-- The normalised driver accounts, as linking reads them. Grain: one row per account.
select
    driver.driver_id as unique_id,
    driver.full_name_norm as name,
    driver.phone_norm as phone,
    driver.license_norm as license,
    driver.license_number,
    driver.plate_norm as plate,
    driver.car_fingerprint as car,
    driver.hire_date as day
from canon.drivers_index as driver
