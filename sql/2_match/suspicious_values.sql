-- Those values of pg_temp.values_to_count that more carry than is above suspicion, with the names that carry them and
-- the number of driver accounts, into pg_temp.suspicious_values.
create temporary table suspicious_values on commit drop as
with carriers as (
    select counted.kind, counted.value, driver.full_name_norm as name, true as is_driver
    from values_to_count as counted
    inner join canon.drivers_index as driver on counted.kind = 'phone' and driver.phone_norm = counted.value
    union all
    select counted.kind, counted.value, driver.full_name_norm, true
    from values_to_count as counted
    inner join canon.drivers_index as driver on counted.kind = 'license' and driver.license_norm = counted.value
    union all
    select counted.kind, counted.value, driver.full_name_norm, true
    from values_to_count as counted
    inner join canon.drivers_index as driver on counted.kind = 'plate' and driver.plate_norm = counted.value
    union all
    select counted.kind, counted.value, record.name_norm, false
    from values_to_count as counted
    inner join canon.records_index as record on counted.kind = 'phone' and record.phone_norm = counted.value
    union all
    select counted.kind, counted.value, record.name_norm, false
    from values_to_count as counted
    inner join canon.records_index as record on counted.kind = 'license' and record.license_norm = counted.value
    union all
    select counted.kind, counted.value, record.name_norm, false
    from values_to_count as counted
    inner join canon.records_index as record on counted.kind = 'plate' and record.plate_norm = counted.value
)

select
    carriers.kind,
    carriers.value,
    count(*) filter (where carriers.is_driver) as driver_accounts,
    array_agg(distinct carriers.name order by carriers.name) filter (where carriers.name is not null) as names
from carriers
group by carriers.kind, carriers.value
having count(*) > %(limit)s;
