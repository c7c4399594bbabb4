-- Every value that more carry than is above suspicion, and those that are hot, into pg_temp.values_to_count. Reads
-- both indexes once: cheaper than looking up each value of touched_values_to_count when much has changed, as on a
-- first load; the outcome is the same.
create temporary table values_to_count on commit drop as
with carried as (
    select 'phone' as kind, driver.phone_norm as value from canon.drivers_index as driver
    union all
    select 'license', driver.license_norm from canon.drivers_index as driver
    union all
    select 'plate', driver.plate_norm from canon.drivers_index as driver
    union all
    select 'phone', record.phone_norm from canon.records_index as record
    union all
    select 'license', record.license_norm from canon.records_index as record
    union all
    select 'plate', record.plate_norm from canon.records_index as record
)

select
    carried.kind,
    carried.value
from carried
where carried.value is not null
group by carried.kind, carried.value
having count(*) > %(limit)s
union
select
    hot.kind,
    hot.value
from canon.hot_values as hot;

analyze values_to_count;
