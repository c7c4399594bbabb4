-- Queue the records that must be evaluated again: those that share a phone, licence, plate, car or driver_id with a
-- changed driver, and those with a value that became or stopped being shared. Empties canon.dirty_keys. A full run
-- (incremental = false) queues every record.
-- Grain and key: (source_table, source_pk).
-- Safe to run again: queue and dirty keys change in one transaction.
insert into canon.evaluation_queue (source_table, source_pk)
with dirty_keys as materialized (
    select dirty.*
    from canon.dirty_keys as dirty
    -- On a first load every record is already queued; skip the search.
    where (
        select count(*) > 0
        from (
            select record.source_pk
            from canon.records_index as record
            where not exists (
                select 1 from canon.evaluation_queue as queued
                where queued.source_table = record.source_table and queued.source_pk = record.source_pk
            )
            order by record.source_table, record.source_pk
            limit 1
        ) as unqueued
    )
),

values_to_compare as materialized (
    select dirty.kind, dirty.value
    from dirty_keys as dirty
    where dirty.kind <> 'driver'
    union
    select carried.kind, carried.value
    from dirty_keys as dirty
    inner join canon.drivers_index as driver on dirty.kind = 'driver' and driver.driver_id = dirty.value
    cross join lateral (
        values ('phone', driver.phone_norm), ('license', driver.license_norm), ('plate', driver.plate_norm),
        ('driver', driver.driver_id)
    ) as carried (kind, value)
    where carried.value is not null
),

grouped_accounts as materialized (
    select distinct
        account.driver_id,
        account.account_group
    from values_to_compare as compared
    inner join canon.drivers_index as changed on compared.kind = 'driver' and changed.driver_id = compared.value
    inner join canon.drivers_index as account on account.account_group = changed.account_group
),

changed_cars as materialized (
    select
        driver.car_fingerprint,
        driver.hire_date,
        string_to_array(driver.full_name_norm, ' ') as name_tokens
    from dirty_keys as dirty
    inner join canon.drivers_index as driver on dirty.kind = 'driver' and driver.driver_id = dirty.value
    cross join ops.run_settings(%(run_id)s::integer) as run
    where
        driver.car_fingerprint is not null
        and driver.hire_date is not null
        and driver.full_name_norm is not null
        and (run.target_park_id is null or driver.park_id = run.target_park_id)
),

-- R4 considers only records that the other rules do not link.
candidates_for_r4 as (
    select
        unmatched.source_table,
        unmatched.source_pk
    from canon.identity_unmatched as unmatched
    where
        unmatched.status = 'OPEN'
        and unmatched.reason_code in ('NO_CANDIDATES', 'WEAK_MATCH_ONLY', 'NAME_CONTRADICTION', 'MULTIPLE_CANDIDATES')
    union all
    select
        link.source_table,
        link.source_pk
    from canon.identity_links as link
    where link.match_rule = 'R4_CAR_FINGERPRINT_NAME_SIMILAR'
    union all
    select
        contested.source_table,
        contested.source_pk
    from canon.identity_contested as contested
),

affected as (
    select record.source_table, record.source_pk
    from values_to_compare as compared
    inner join canon.records_index as record on compared.kind = 'phone' and record.phone_norm = compared.value
    union all
    select record.source_table, record.source_pk
    from values_to_compare as compared
    inner join canon.records_index as record on compared.kind = 'license' and record.license_norm = compared.value
    union all
    select record.source_table, record.source_pk
    from values_to_compare as compared
    inner join canon.records_index as record on compared.kind = 'plate' and record.plate_norm = compared.value
    union all
    select record.source_table, record.source_pk
    from values_to_compare as compared
    inner join canon.records_index as record on compared.kind = 'driver' and record.driver_id = compared.value
    union all
    -- records linked through an account of the same group: new accounts of the group need a link as well
    select link.source_table, link.source_pk
    from grouped_accounts as account
    inner join canon.identity_links as link on link.matched_driver_id = account.driver_id
    union all
    -- linked groups themselves: the person of an account may have changed
    select 'drivers', account.driver_id
    from grouped_accounts as account
    where exists (
        select 1
        from canon.drivers_index as sibling
        inner join canon.identity_links as link
            on link.source_table = 'drivers' and link.source_pk = sibling.driver_id
        where sibling.account_group = account.account_group
    )
    union all
    select record.source_table, record.source_pk
    from changed_cars as car
    inner join canon.records_index as record
        on
            record.car_fingerprint = car.car_fingerprint
            and record.event_date between car.hire_date - 7 and car.hire_date + 30
    where
        string_to_array(record.name_norm, ' ') && car.name_tokens
        and (record.source_table, record.source_pk) in (
            select candidates_for_r4.source_table, candidates_for_r4.source_pk from candidates_for_r4
        )
    union all
    select record.source_table, record.source_pk
    from canon.records_index as record
    cross join ops.run_settings(%(run_id)s::integer) as run
    where not run.is_incremental
)

select distinct
    affected.source_table,
    affected.source_pk
from affected
-- a record that is gone from its source has ended, unless it is linked
where not exists (
    select 1
    from canon.records_index as gone
    where
        gone.source_table = affected.source_table
        and gone.source_pk = affected.source_pk
        and gone.gone_since is not null
        and not exists (
            select 1 from canon.identity_links as link
            where link.source_table = gone.source_table and link.source_pk = gone.source_pk
        )
)
on conflict do nothing;

delete from canon.dirty_keys;
