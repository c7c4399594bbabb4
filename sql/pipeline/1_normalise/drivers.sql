-- Driver accounts that are new or were edited since they were last read, normalised into canon.drivers_index.
-- Grain and key: driver_id. Every account that changed, and every value that it gave up, is noted in
-- canon.dirty_keys in the same transaction, so that records which share it are evaluated again.
-- Repeatable: only rows written again are read again. An account that left the source stays in the index:
-- what it proved once, it still proves.
-- Only chunks of the source that differ from what was read of them are compared row by row.
select canon.compare_source_chunks('drivers', %(run_id)s::integer);

create temporary table changed_drivers on commit drop as
-- what costs most stands first and reads nothing but the row, so that several processes can share it
with normalised as (
    select
        source.driver_id,
        source.row_version,
        seen.driver_id is not null as is_known,
        source.car_brand,
        source.car_model,
        left(source.park_id, 100)::varchar as park_id,
        canon.normalise_phone(source.phone, run.country) as phone_norm,
        coalesce(
            canon.normalise_license(source.license_number), canon.normalise_license(source.license_normalized_number)
        ) as license_norm,
        coalesce(
            canon.normalise_plate(source.car_number), canon.normalise_plate(source.car_normalized_number)
        ) as plate_norm,
        coalesce(canon.normalise_name(source.full_name), canon.normalise_name(source.name_parts)) as full_name_norm,
        canon.plausible_date(source.hire_date) as hire_date,
        run.as_of,
        (run.as_of at time zone run.timezone)::date as snapshot_date
    from canon.source_drivers as source
    left join canon.drivers_index as seen on seen.driver_id = source.driver_id
    cross join ops.run_settings(%(run_id)s::integer) as run
    where
        run.is_index_refreshed
        and get_bit((select canon.changed_source_chunks('drivers')), canon.chunk_of_account(source.driver_id)) > 0
        and (seen.row_version is distinct from source.row_version or not run.is_incremental)
),

-- Cars are few: each model is normalised once, which the planner would not know.
cars as materialized (
    select
        model.car_brand,
        model.car_model,
        canon.normalise_word(model.car_brand) as brand_norm,
        canon.normalise_word(model.car_model) as model_norm,
        canon.car_fingerprint(model.car_brand, model.car_model) as car_fingerprint
    from (
        select distinct
            coalesce(normalised.car_brand, '') as car_brand,
            coalesce(normalised.car_model, '') as car_model
        from normalised
    ) as model
),

final as (
    select
        normalised.*,
        cars.brand_norm,
        cars.model_norm,
        cars.car_fingerprint
    from normalised
    inner join cars
        on
            cars.car_brand = coalesce(normalised.car_brand, '')
            and cars.car_model = coalesce(normalised.car_model, '')
)

-- in the order of three of the indexes that are written below
select final.*
from final
order by final.driver_id;

analyze changed_drivers (driver_id, is_known);

select canon.record_source_chunk_digests('drivers', %(run_id)s::integer);

-- Nobody else touches accounts meanwhile; to provide for it would take twice as long. What is known is asked before,
-- since a table that grows while it is asked could be asked in a way that takes for ever.
create temporary table touched_before on commit drop as
select touched.value as driver_id
from canon.dirty_keys as touched
where touched.kind = 'driver' and touched.cause = 'driver';

analyze touched_before;

insert into canon.dirty_keys (kind, value, cause)
select
    'driver',
    changed.driver_id,
    'driver'
from changed_drivers as changed
left join canon.drivers_index as seen on seen.driver_id = changed.driver_id
where
    (
        (
            changed.driver_id, changed.park_id, changed.phone_norm, changed.license_norm, changed.plate_norm,
            changed.full_name_norm, changed.car_fingerprint, changed.hire_date
        ) is distinct from (
            seen.driver_id, seen.park_id, seen.phone_norm, seen.license_norm, seen.plate_norm,
            seen.full_name_norm, seen.car_fingerprint, seen.hire_date
        )
        -- an account that an older program indexed has not been grouped yet
        or seen.account_group is null
    )
    and not exists (select 1 from touched_before as touched where touched.driver_id = changed.driver_id);

insert into canon.dirty_keys (kind, value, cause)
select distinct
    carried.kind,
    carried.value,
    'given_up'
from changed_drivers as changed
inner join canon.drivers_index as seen on seen.driver_id = changed.driver_id
cross join lateral (
    values
    ('phone', seen.phone_norm, changed.phone_norm),
    ('license', seen.license_norm, changed.license_norm),
    ('plate', seen.plate_norm, changed.plate_norm)
) as carried (kind, value, new_value)
where
    changed.is_known
    and nullif(carried.value, '') is not null
    and (
        carried.value is distinct from carried.new_value
        or seen.full_name_norm is distinct from changed.full_name_norm
    )
-- in one order, or steps side by side would wait for each other
order by carried.kind, carried.value
on conflict do nothing;

-- Written in two statements: an upsert looks every new row up in a random place of the index first.
update canon.drivers_index as seen
set
    park_id = changed.park_id,
    phone_norm = changed.phone_norm,
    license_norm = changed.license_norm,
    plate_norm = changed.plate_norm,
    full_name_norm = changed.full_name_norm,
    hire_date = changed.hire_date,
    snapshot_date = changed.snapshot_date,
    updated_at = changed.as_of,
    brand_norm = changed.brand_norm,
    model_norm = changed.model_norm,
    car_fingerprint = changed.car_fingerprint,
    row_version = changed.row_version,
    account_group = coalesce(seen.account_group, changed.driver_id)
from changed_drivers as changed
where
    changed.is_known
    and seen.driver_id = changed.driver_id
    and (
        seen.park_id, seen.phone_norm, seen.license_norm, seen.plate_norm, seen.full_name_norm, seen.hire_date,
        seen.brand_norm, seen.model_norm, seen.car_fingerprint, seen.row_version
    ) is distinct from (
        changed.park_id, changed.phone_norm, changed.license_norm, changed.plate_norm, changed.full_name_norm,
        changed.hire_date, changed.brand_norm, changed.model_norm, changed.car_fingerprint, changed.row_version
    );

insert into canon.drivers_index (
    driver_id, park_id, phone_norm, license_norm, plate_norm, full_name_norm, hire_date, snapshot_date, created_at,
    updated_at, brand_norm, model_norm, car_fingerprint, row_version, account_group
)
select
    changed.driver_id, changed.park_id, changed.phone_norm, changed.license_norm, changed.plate_norm,
    changed.full_name_norm, changed.hire_date, changed.snapshot_date, changed.as_of, changed.as_of,
    changed.brand_norm, changed.model_norm, changed.car_fingerprint, changed.row_version, changed.driver_id
from changed_drivers as changed
where not changed.is_known;

analyze canon.dirty_keys;

analyze canon.drivers_index;
