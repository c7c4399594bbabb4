-- The driver accounts and source records that carry each phone, licence and plate, with their names; value is NULL
-- where one carries none. A filter on one kind reads only its columns; branches of equal types and without a filter let
-- a join reach their indexes.
-- Grain: one row per kind and carrier.
create or replace view canon.value_carriers as
select
    'phone'::text as kind,
    driver.phone_norm::text as value,
    'drivers'::text as source_table,
    driver.driver_id::text as source_pk,
    driver.full_name_norm::text as name
from canon.drivers_index as driver
union all
select 'phone', record.phone_norm::text, record.source_table::text, record.source_pk::text, record.name_norm::text
from canon.records_index as record
union all
select 'license', driver.license_norm::text, 'drivers', driver.driver_id::text, driver.full_name_norm::text
from canon.drivers_index as driver
union all
select 'license', record.license_norm::text, record.source_table::text, record.source_pk::text, record.name_norm::text
from canon.records_index as record
union all
select 'plate', driver.plate_norm::text, 'drivers', driver.driver_id::text, driver.full_name_norm::text
from canon.drivers_index as driver
union all
select 'plate', record.plate_norm::text, record.source_table::text, record.source_pk::text, record.name_norm::text
from canon.records_index as record;
