-- Values whose carriers may have changed, into pg_temp.values_to_count: those of changed drivers and queued
-- records, and those that were given up.
create temporary table values_to_count on commit drop as
select carried.kind, carried.value
from canon.touched_values as touched
inner join canon.drivers_index as driver on touched.kind = 'driver' and driver.driver_id = touched.value
cross join lateral (
    values ('phone', driver.phone_norm), ('license', driver.license_norm), ('plate', driver.plate_norm)
) as carried (kind, value)
where carried.value is not null
union all
select carried.kind, carried.value
from canon.evaluation_queue as queued
inner join canon.records_index as record using (source_table, source_pk)
cross join lateral (
    values ('phone', record.phone_norm), ('license', record.license_norm), ('plate', record.plate_norm)
) as carried (kind, value)
where carried.value is not null
union all
select touched.kind, touched.value
from canon.touched_values as touched
where touched.kind <> 'driver';

analyze values_to_count;

-- Those that more carry than is above suspicion, with the names that carry them and the number of driver accounts.
create temporary table suspicious_values on commit drop as
with carriers as (
    select 'phone' as kind, driver.phone_norm as value, driver.full_name_norm as name, true as is_driver
    from canon.drivers_index as driver
    union all
    select 'license', driver.license_norm, driver.full_name_norm, true from canon.drivers_index as driver
    union all
    select 'plate', driver.plate_norm, driver.full_name_norm, true from canon.drivers_index as driver
    union all
    select 'phone', record.phone_norm, record.name_norm, false from canon.records_index as record
    union all
    select 'license', record.license_norm, record.name_norm, false from canon.records_index as record
    union all
    select 'plate', record.plate_norm, record.name_norm, false from canon.records_index as record
),

suspicious as materialized (
    select
        carriers.kind,
        carriers.value
    from carriers
    where (carriers.kind, carriers.value) in (select counted.kind, counted.value from values_to_count as counted)
    group by carriers.kind, carriers.value
    having count(*) > %(limit)s
)

select
    suspicious.kind,
    suspicious.value,
    count(*) filter (where carriers.is_driver) as driver_accounts,
    array_agg(distinct carriers.name order by carriers.name) filter (where carriers.name is not null) as names
from suspicious
inner join carriers on carriers.kind = suspicious.kind and carriers.value = suspicious.value
group by suspicious.kind, suspicious.value;
