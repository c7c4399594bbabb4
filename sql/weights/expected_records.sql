-- How many records of the batch have each key at all, how many have some, and how many persons and relatives of theirs
-- are to be expected among the drivers. One row.
with records as (
    select
        record.driver_id is not null as has_driver,
        record.phone_norm is not null and shared_phone.value is null as has_phone,
        record.license_norm is not null and shared_license.value is null as has_license,
        record.license_number is not null and shared_license.value is null as has_license_number,
        record.plate_norm is not null and shared_plate.value is null as has_plate
    from canon.records_this_run as batch
    inner join canon.records_index as record using (source_table, source_pk)
    left join canon.shared_values as shared_phone
        on shared_phone.kind = 'phone' and shared_phone.value = record.phone_norm
    left join canon.shared_values as shared_license
        on shared_license.kind = 'license' and shared_license.value = record.license_norm
    left join canon.shared_values as shared_plate
        on shared_plate.kind = 'plate' and shared_plate.value = record.plate_norm
    where record.event_date is not null
),

found as (
    select
        sum(weighed.probability) as same,
        sum((1 - weighed.probability) * (1 - power(2::float8, weighed.household_bits::float8))) as relative
    from canon.weighed_candidates_this_run as weighed
    where weighed.driver_id is not null
)

select
    count(*) filter (where records.has_driver)::float8 as driver_equal,
    count(*) filter (where records.has_phone)::float8 as phone_equal,
    count(*) filter (where records.has_license)::float8 as license_equal,
    count(*) filter (where records.has_license_number)::float8 as license_number,
    count(*) filter (where records.has_plate)::float8 as plate_equal,
    count(*) filter (where records.has_driver or records.has_phone or records.has_license or records.has_plate)::float8
        as any_key,
    coalesce(min(found.same), 0) as same,
    coalesce(min(found.relative), 0) as relative
from records
cross join found;
