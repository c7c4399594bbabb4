-- Driver accounts that are new or changed in the source, normalised into canon.drivers_index. Each changed account and
-- each value it no longer carries goes to canon.dirty_keys in the same transaction, so that records which share the
-- value are evaluated again. Only source chunks whose digest changed are compared row by row.
-- Grain and key: driver_id. Leaves: changed_drivers_this_step.
-- Safe to run again: a row is read again only when its row version differs, or the table was replaced. Accounts deleted
-- from the source stay in the index as evidence (ADR 6).
select canon.compare_source_chunks('drivers', %(run_id)s::integer);

-- One kind of value in a statement, as in read_records.sql.
create temporary table source_rows_this_step on commit drop as
select
    source.driver_id,
    source.row_version,
    seen.driver_id is not null as is_known,
    source.car_brand,
    source.car_model,
    left(source.park_id, 100)::varchar as park_id,
    source.phone,
    source.license_number,
    source.license_normalized_number,
    source.car_number,
    source.car_normalized_number,
    coalesce(canon.normalise_name(source.full_name), canon.normalise_name(source.name_parts)) as full_name_norm,
    canon.plausible_date(source.hire_date) as hire_date,
    run.country,
    run.as_of,
    (run.as_of at time zone run.timezone)::date as snapshot_date
from canon.source_drivers as source
-- OFFSET 0: each account is looked up by its key; see read_records.sql.
left join lateral (
    select
        known.driver_id,
        known.row_version
    from canon.drivers_index as known
    where known.driver_id = source.driver_id
    offset 0 -- noqa: AM09
) as seen on true
cross join ops.run_settings(%(run_id)s::integer) as run
where
    run.is_index_refreshed
    and get_bit((select canon.changed_source_chunks('drivers')), canon.chunk_of_account(source.driver_id)) > 0
    and (
        seen.row_version is distinct from source.row_version
        or not run.is_incremental
        or (select canon.is_source_replaced('drivers'))
    );

create temporary table phones_this_step on commit drop as
select
    driver_id,
    canon.phone_key(phone, country) as phone_norm
from source_rows_this_step;

analyze source_rows_this_step (driver_id, car_brand, car_model);

analyze phones_this_step (driver_id);

create temporary table changed_drivers_this_step on commit drop as
-- Normalise each distinct car model once: there are few.
with cars as materialized (
    select
        model.car_brand,
        model.car_model,
        canon.normalise_word(model.car_brand) as brand_norm,
        canon.normalise_word(model.car_model) as model_norm,
        canon.car_fingerprint(model.car_brand, model.car_model) as car_fingerprint
    from (
        select distinct
            coalesce(source.car_brand, '') as car_brand,
            coalesce(source.car_model, '') as car_model
        from source_rows_this_step as source
    ) as model
),

-- OFFSET 0: each value is normalised once, however often it is used.
keys as (
    select
        source.*,
        phones.phone_norm,
        coalesce(
            canon.normalise_license(source.license_number), canon.normalise_license(source.license_normalized_number)
        ) as license_norm,
        coalesce(canon.normalise_plate(source.car_number), canon.normalise_plate(source.car_normalized_number))
            as plate_norm
    from source_rows_this_step as source
    inner join phones_this_step as phones using (driver_id)
    offset 0 -- noqa: AM09
)

-- in the order of three of the indexes written below
select
    keys.driver_id,
    keys.row_version,
    keys.is_known,
    keys.park_id,
    keys.phone_norm,
    keys.license_norm,
    canon.license_document(keys.license_norm, keys.country) as license_number,
    keys.plate_norm,
    keys.full_name_norm,
    keys.hire_date,
    keys.as_of,
    keys.snapshot_date,
    cars.brand_norm,
    cars.model_norm,
    cars.car_fingerprint
from keys
inner join cars
    on cars.car_brand = coalesce(keys.car_brand, '') and cars.car_model = coalesce(keys.car_model, '')
order by keys.driver_id;

analyze changed_drivers_this_step (driver_id, is_known);

-- Of an account that is gone, no payment can be by its name.
insert into canon.cabinet_claims_queue (kind, value)
select distinct
    'driver',
    bearer.driver_id
from canon.payment_names as bearer
cross join ops.run_settings(%(run_id)s::integer) as run
left join canon.source_drivers as source on source.driver_id = bearer.driver_id
where
    run.is_index_refreshed
    and get_bit((select canon.changed_source_chunks('drivers')), canon.chunk_of_account(bearer.driver_id)) > 0
    and source.driver_id is null;

select canon.record_source_chunk_digests('drivers', %(run_id)s::integer);

-- Read existing keys into a temp table first: anti-joining an INSERT with its own target can degrade to a nested loop
-- (ADR 13). No other session writes these rows, so the INSERT needs no ON CONFLICT.
create temporary table known_dirty_drivers_this_step on commit drop as
select dirty.value as driver_id
from canon.dirty_keys as dirty
where dirty.kind = 'driver' and dirty.cause = 'driver';

analyze known_dirty_drivers_this_step;

insert into canon.dirty_keys (kind, value, cause)
select
    'driver',
    changed.driver_id,
    'driver'
from changed_drivers_this_step as changed
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
        -- accounts indexed before account groups existed
        or seen.account_group is null
    )
    and not exists (select 1 from known_dirty_drivers_this_step as dirty where dirty.driver_id = changed.driver_id);

insert into canon.dirty_keys (kind, value, cause)
select distinct
    carried.kind,
    carried.value,
    'given_up'
from changed_drivers_this_step as changed
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
-- a fixed order, so that concurrent steps cannot deadlock
order by carried.kind, carried.value
on conflict do nothing;

-- Records that a driver's former name and hire date led to.
insert into canon.dirty_keys (kind, value, cause)
select distinct
    'name' as kind,
    seen.hire_date || ' ' || seen.full_name_norm as value,
    'given_up' as cause
from changed_drivers_this_step as changed
inner join canon.drivers_index as seen on seen.driver_id = changed.driver_id
where
    changed.is_known
    and seen.hire_date is not null
    and seen.full_name_norm is not null
    and (seen.hire_date, seen.full_name_norm) is distinct from (changed.hire_date, changed.full_name_norm)
order by value
on conflict do nothing;

-- Claims show the name of the driver, and some payments give no more than a name.
insert into canon.cabinet_claims_queue (kind, value)
select
    'driver',
    changed.driver_id
from changed_drivers_this_step as changed
where exists (select 1 from canon.read_model_refreshes as kept where kept.read_model = 'cabinet_claims');

-- UPDATE then INSERT: ON CONFLICT probes the index in random order (ADR 13).
update canon.drivers_index as seen
set
    park_id = changed.park_id,
    phone_norm = changed.phone_norm,
    license_norm = changed.license_norm,
    license_number = changed.license_number,
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
from changed_drivers_this_step as changed
where
    changed.is_known
    and seen.driver_id = changed.driver_id
    and (
        seen.park_id, seen.phone_norm, seen.license_norm, seen.license_number, seen.plate_norm, seen.full_name_norm,
        seen.hire_date, seen.brand_norm, seen.model_norm, seen.car_fingerprint, seen.row_version
    ) is distinct from (
        changed.park_id, changed.phone_norm, changed.license_norm, changed.license_number, changed.plate_norm,
        changed.full_name_norm, changed.hire_date, changed.brand_norm, changed.model_norm, changed.car_fingerprint,
        changed.row_version
    );

insert into canon.drivers_index (
    driver_id, park_id, phone_norm, license_norm, license_number, plate_norm, full_name_norm, hire_date,
    snapshot_date, created_at, updated_at, brand_norm, model_norm, car_fingerprint, row_version, account_group
)
select
    changed.driver_id, changed.park_id, changed.phone_norm, changed.license_norm, changed.license_number,
    changed.plate_norm, changed.full_name_norm, changed.hire_date, changed.snapshot_date, changed.as_of, changed.as_of,
    changed.brand_norm, changed.model_norm, changed.car_fingerprint, changed.row_version, changed.driver_id
from changed_drivers_this_step as changed
where not changed.is_known;

analyze canon.dirty_keys;

analyze canon.drivers_index;
