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
union
select carried.kind, carried.value
from canon.evaluation_queue as queued
inner join canon.records_index as record using (source_table, source_pk)
cross join lateral (
    values ('phone', record.phone_norm), ('license', record.license_norm), ('plate', record.plate_norm)
) as carried (kind, value)
where carried.value is not null
union
select touched.kind, touched.value
from canon.touched_values as touched
where touched.kind <> 'driver';

analyze values_to_count;
