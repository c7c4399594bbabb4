-- Queue the records that must be evaluated again: those that share a phone, licence or its number, plate, driver_id, or
-- three words of a name around the hire date with a changed driver, and those with a value that became or stopped being
-- shared. Empties canon.dirty_keys. A full run (incremental = false) queues every record, and so does one that counted
-- frequencies anew.
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

license_numbers as materialized (
    select driver.license_number
    from values_to_compare as compared
    inner join canon.drivers_index as driver on compared.kind = 'driver' and driver.driver_id = compared.value
    where driver.license_number is not null
    union
    select canon.license_document(compared.value, run.country)
    from values_to_compare as compared
    cross join ops.run_settings(%(run_id)s::integer) as run
    where compared.kind = 'license'
),

changed_names as materialized (
    select
        driver.hire_date,
        named.block
    from dirty_keys as dirty
    inner join canon.drivers_index as driver on dirty.kind = 'driver' and driver.driver_id = dirty.value
    cross join lateral unnest(canon.name_blocks(driver.full_name_norm)) as named (block)
    where driver.hire_date is not null
    union
    select
        former.hire_date,
        named.block
    from dirty_keys as dirty
    cross join lateral (
        select left(dirty.value, 10)::date as hire_date, substr(dirty.value, 12) as name where dirty.kind = 'name'
    ) as former
    cross join lateral unnest(canon.name_blocks(former.name)) as named (block)
),

-- MATERIALIZED: the name decides first, as in candidates_by_name.sql.
named_records as materialized (
    select
        record.source_table,
        record.source_pk,
        record.event_date,
        changed.hire_date
    from changed_names as changed
    inner join canon.records_index as record on canon.name_blocks(record.name_norm) @> array[changed.block]
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
    from license_numbers as compared
    inner join canon.records_index as record on record.license_number = compared.license_number
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
    -- Rules by name consider only records that nothing else is enough for, and persons without a driver. Scalar
    -- subqueries: a join would read links and unmatched records as a whole.
    select record.source_table, record.source_pk
    from named_records as record
    where
        record.event_date between record.hire_date - 30 and record.hire_date + 90
        and (
            coalesce((
                select unmatched.status = 'OPEN'
                from canon.identity_unmatched as unmatched
                where unmatched.source_table = record.source_table and unmatched.source_pk = record.source_pk
            ), false)
            or coalesce((
                select coalesce(rule.is_by_name, false) or link.matched_driver_id is null
                from canon.identity_links as link
                left join canon.match_rules as rule using (match_rule)
                where link.source_table = record.source_table and link.source_pk = record.source_pk
            ), false)
            or (
                select count(*) > 0
                from canon.identity_contested as contested
                where contested.source_table = record.source_table and contested.source_pk = record.source_pk
            )
        )
    union all
    select record.source_table, record.source_pk
    from canon.records_index as record
    cross join ops.run_settings(%(run_id)s::integer) as run
    where
        (
            not run.is_incremental
            or exists (
                select 1
                from canon.weights_versions as version
                where version.run_id is not null and not version.is_queued
            )
        )
        -- on a first load all are
        and not exists (
            select 1
            from canon.evaluation_queue as queued
            where queued.source_table = record.source_table and queued.source_pk = record.source_pk
        )
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

update canon.weights_versions set is_queued = true where run_id is not null and not is_queued;

delete from canon.dirty_keys;
