-- Driver accounts with their normalised keys. Accounts of one person share an account_group.
-- written: the values as the source writes them, looked up in the source account by account.
-- Grain and key: driver_id.
create or replace view ops.v_driver_accounts as
select
    driver.driver_id,
    driver.park_id,
    driver.full_name_norm,
    driver.phone_norm,
    driver.license_norm,
    driver.plate_norm,
    driver.brand_norm,
    driver.model_norm,
    driver.hire_date,
    driver.account_group,
    canon.read_drivers_written(driver.driver_id) as written
from canon.drivers_index as driver;
