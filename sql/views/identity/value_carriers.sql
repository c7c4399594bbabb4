-- The driver accounts and source records that carry each phone, licence and plate, with their names. A filter on one
-- kind reads only its columns.
-- Grain: one row per carrier and value.
create or replace view canon.value_carriers as
select
    'phone'::text as kind,
    driver.phone_norm::text as value,
    'drivers'::text as source_table,
    driver.driver_id::text as source_pk,
    driver.full_name_norm::text as name
from canon.drivers_index as driver
where driver.phone_norm is not null
union all
select 'phone', record.phone_norm, record.source_table, record.source_pk, record.name_norm
from canon.records_index as record
where record.phone_norm is not null
union all
select 'license', driver.license_norm, 'drivers', driver.driver_id, driver.full_name_norm
from canon.drivers_index as driver
where driver.license_norm is not null
union all
select 'license', record.license_norm, record.source_table, record.source_pk, record.name_norm
from canon.records_index as record
where record.license_norm is not null
union all
select 'plate', driver.plate_norm, 'drivers', driver.driver_id, driver.full_name_norm
from canon.drivers_index as driver
where driver.plate_norm is not null
union all
select 'plate', record.plate_norm, record.source_table, record.source_pk, record.name_norm
from canon.records_index as record
where record.plate_norm is not null;
