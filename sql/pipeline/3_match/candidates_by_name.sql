-- Candidates found by their names, for records that nothing else is enough for: three words in common, hired from 90
-- days before to 30 days after the record's date, and
--   R4_CAR_FINGERPRINT_NAME_SIMILAR  the same brand and model, hired -30 to +7 days, in the target park
--   R5_PHONE_ONE_OFF                 a phone that differs in one digit, or in two that changed places
--   R5_LICENSE_ONE_OFF               a licence that does
--   R5_NAME_AND_HIRE_DATE            hired -30 to +14 days
-- The blocking key is three words of a name: names with two words in common are too frequent.
-- Grain: one candidate account per record. With a partition, only records in it. Leaves:
-- record_blocks_this_step, accounts_by_block_this_step.
-- Safe to run again: the candidates of these rules are deleted first.
delete from canon.candidates_this_run as candidate
using canon.match_rules as rule
where
    rule.match_rule = candidate.rule
    and rule.is_by_name
    and canon.is_in_partition(candidate.source_pk, %(partition)s::integer, %(partitions)s::integer);

-- Analysed temp tables instead of subqueries: a wrong row estimate makes a join quadratic.
create temporary table record_blocks_this_step on commit drop as
select
    record.source_table,
    record.source_pk,
    record.event_date,
    named.block
from canon.records_this_run as batch
inner join canon.records_index as record using (source_table, source_pk)
cross join lateral unnest(canon.name_blocks(record.name_norm)) as named (block)
where
    record.event_date is not null
    and canon.is_in_partition(batch.source_pk, %(partition)s::integer, %(partitions)s::integer)
    and not exists (
        select 1
        from canon.weighed_candidates_this_run as weighed
        where
            weighed.source_table = record.source_table
            and weighed.source_pk = record.source_pk
            and weighed.is_enough
    );

analyze record_blocks_this_step (block);

-- The name decides first: an index on the hire date, asked beside it, would read accounts of months.
create temporary table accounts_by_block_this_step on commit drop as
select
    record_block.source_table,
    record_block.source_pk,
    record_block.event_date,
    driver.driver_id,
    driver.hire_date
from record_blocks_this_step as record_block
inner join canon.drivers_index as driver on canon.name_blocks(driver.full_name_norm) @> array[record_block.block];

analyze accounts_by_block_this_step (source_table, source_pk, driver_id);

insert into canon.candidates_this_run (
    source_table, source_pk, rule, driver_id, account_group, park_id, record_name, driver_name
)
with pairs as (
    select distinct
        named.source_table,
        named.source_pk,
        named.driver_id
    from accounts_by_block_this_step as named
    where named.hire_date between named.event_date - 90 and named.event_date + 30
),

candidates as (
    select
        record.source_table,
        record.source_pk,
        case
            when
                driver.car_fingerprint = record.car_fingerprint
                and driver.hire_date between record.event_date - 30 and record.event_date + 7
                and (run.target_park_id is null or driver.park_id = run.target_park_id)
                then 'R4_CAR_FINGERPRINT_NAME_SIMILAR'
            when canon.is_one_off(record.phone_norm, driver.phone_norm) then 'R5_PHONE_ONE_OFF'
            when canon.is_one_off(record.license_norm, driver.license_norm) then 'R5_LICENSE_ONE_OFF'
            when driver.hire_date between record.event_date - 30 and record.event_date + 14
                then 'R5_NAME_AND_HIRE_DATE'
        end as match_rule,
        driver.driver_id,
        driver.account_group,
        driver.park_id,
        record.name_norm,
        driver.full_name_norm
    from pairs
    inner join canon.records_index as record using (source_table, source_pk)
    inner join canon.drivers_index as driver on driver.driver_id = pairs.driver_id
    cross join ops.run_settings(%(run_id)s::integer) as run
)

select
    candidate.source_table,
    candidate.source_pk,
    candidate.match_rule,
    candidate.driver_id,
    candidate.account_group,
    candidate.park_id,
    candidate.name_norm,
    candidate.full_name_norm
from candidates as candidate
where candidate.match_rule is not null;

-- last in its transaction: the same of another partition, for as long as it is open, would wait for this one
analyze canon.weighed_candidates_this_run (source_table, source_pk, account_group, is_enough, candidate_rank);
