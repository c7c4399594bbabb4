-- Pairs of names that are surely one person's, while frequencies are counted: a record and the only account with its
-- licence and its phone. At most 50,000, chosen by their keys alone.
-- Grain and key: (source_table, source_pk). Reads: recount_this_step.
with accounts as (
    select
        driver.license_norm,
        driver.phone_norm,
        min(driver.full_name_norm) as name_norm
    from canon.drivers_index as driver
    where
        driver.license_norm is not null
        and driver.phone_norm is not null
        and exists (select 1 from pg_temp.recount_this_step as recount where recount.people >= 10000)
    group by driver.license_norm, driver.phone_norm
    having count(*) = 1
)

select
    record.name_norm as record_name,
    account.name_norm as driver_name
from canon.records_index as record
inner join accounts as account using (license_norm, phone_norm)
where record.gone_since is null and record.name_norm is not null and account.name_norm is not null
order by hashtextextended(record.source_table || ' ' || record.source_pk, 0), record.source_table, record.source_pk
limit 50000;
