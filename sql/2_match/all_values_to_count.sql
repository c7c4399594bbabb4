-- Every value that more carry than is above suspicion, and those that are hot, into pg_temp.values_to_count. Reads
-- both indexes once per kind: cheaper than looking up each value of touched_values_to_count when much has changed, as
-- on a first load; the outcome is the same.
create temporary table values_to_count on commit drop as
with phones as (
    select driver.phone_norm as value from canon.drivers_index as driver
    union all
    select record.phone_norm from canon.records_index as record
),

licenses as (
    select driver.license_norm as value from canon.drivers_index as driver
    union all
    select record.license_norm from canon.records_index as record
),

plates as (
    select driver.plate_norm as value from canon.drivers_index as driver
    union all
    select record.plate_norm from canon.records_index as record
)

select
    'phone' as kind,
    phones.value
from phones
where phones.value is not null
group by phones.value
having count(*) > %(limit)s
union
select
    'license',
    licenses.value
from licenses
where licenses.value is not null
group by licenses.value
having count(*) > %(limit)s
union
select
    'plate',
    plates.value
from plates
where plates.value is not null
group by plates.value
having count(*) > %(limit)s
union
select
    hot.kind,
    hot.value
from canon.hot_values as hot;

analyze values_to_count;
