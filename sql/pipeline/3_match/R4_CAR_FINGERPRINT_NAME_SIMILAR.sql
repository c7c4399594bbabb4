-- Candidates with the same brand and model, hired from 30 days before to 7 days after the record's date, in the target
-- park. The names must be very similar (canon.match_rules). Considers only records that no other rule supports. The
-- blocking key is a triple of name words: cars of one model and names with two words in common are too frequent.
-- Grain: one candidate account per record. Leaves: record_blocks_this_step, car_periods_this_step,
-- driver_blocks_this_step.
-- Safe to run again: the candidates of this rule are deleted first.
delete from canon.candidates_this_run as candidate where candidate.rule = 'R4_CAR_FINGERPRINT_NAME_SIMILAR';

-- Analysed temp tables instead of subqueries: a wrong row estimate makes this join quadratic.
create temporary table record_blocks_this_step on commit drop as
select
    record.source_table,
    record.source_pk,
    record.event_date,
    record.car_fingerprint,
    triple.block
from canon.records_this_run as batch
inner join canon.records_index as record using (source_table, source_pk)
cross join lateral canon.name_word_triples(record.name_norm) as triple (block)
where
    record.event_date is not null
    and record.car_fingerprint is not null
    and not exists (
        select 1
        from canon.rule_evidence as evidence
        where
            evidence.source_table = record.source_table
            and evidence.source_pk = record.source_pk
            and evidence.is_supported
    );

analyze record_blocks_this_step;

create temporary table car_periods_this_step on commit drop as
select
    record_block.car_fingerprint,
    min(record_block.event_date) as first_date,
    max(record_block.event_date) as last_date
from record_blocks_this_step as record_block
group by record_block.car_fingerprint;

analyze car_periods_this_step;

create temporary table driver_blocks_this_step on commit drop as
select
    driver.driver_id,
    driver.hire_date,
    driver.car_fingerprint,
    triple.block
from canon.drivers_index as driver
inner join car_periods_this_step as car
    on
        car.car_fingerprint = driver.car_fingerprint
        and driver.hire_date between car.first_date - 30 and car.last_date + 7
cross join ops.run_settings(%(run_id)s::integer) as run
cross join lateral canon.name_word_triples(driver.full_name_norm) as triple (block)
where run.target_park_id is null or driver.park_id = run.target_park_id;

analyze driver_blocks_this_step;

insert into canon.candidates_this_run (
    source_table, source_pk, rule, driver_id, account_group, park_id, record_name, driver_name
)
with pairs as (
    select distinct
        record_block.source_table,
        record_block.source_pk,
        driver_block.driver_id
    from record_blocks_this_step as record_block
    inner join driver_blocks_this_step as driver_block
        on driver_block.car_fingerprint = record_block.car_fingerprint and driver_block.block = record_block.block
    where driver_block.hire_date between record_block.event_date - 30 and record_block.event_date + 7
)

select
    pairs.source_table,
    pairs.source_pk,
    'R4_CAR_FINGERPRINT_NAME_SIMILAR',
    driver.driver_id,
    driver.account_group,
    driver.park_id,
    record.name_norm,
    driver.full_name_norm
from pairs
inner join canon.records_index as record using (source_table, source_pk)
inner join canon.drivers_index as driver on driver.driver_id = pairs.driver_id;
