-- Same brand and model, hired between 30 days before and 7 days after the record, in the target park; the
-- names must be very similar (canon.match_rules). Sees only what the other rules left without anybody. Cars
-- of one model are many, and so are namesakes by two words: only names that share three words to the letter
-- come into question.
delete from canon.candidates_this_run as candidate where candidate.rule = 'R4_CAR_FINGERPRINT_NAME_SIMILAR';

-- Tables with statistics instead of subqueries: a wrong guess of the planner makes this join quadratic.
create temporary table left_over on commit drop as
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

analyze left_over;

create temporary table left_over_cars on commit drop as
select
    left_over.car_fingerprint,
    min(left_over.event_date) as first_date,
    max(left_over.event_date) as last_date
from left_over
group by left_over.car_fingerprint;

analyze left_over_cars;

create temporary table drivers_in_reach on commit drop as
select
    driver.driver_id,
    driver.hire_date,
    driver.car_fingerprint,
    triple.block
from canon.drivers_index as driver
inner join left_over_cars as car
    on
        car.car_fingerprint = driver.car_fingerprint
        and driver.hire_date between car.first_date - 30 and car.last_date + 7
cross join ops.run_settings(%(run_id)s::integer) as run
cross join lateral canon.name_word_triples(driver.full_name_norm) as triple (block)
where run.target_park_id is null or driver.park_id = run.target_park_id;

analyze drivers_in_reach;

insert into canon.candidates_this_run (
    source_table, source_pk, rule, driver_id, account_group, park_id, record_name, driver_name
)
with pairs as (
    select distinct
        left_over.source_table,
        left_over.source_pk,
        in_reach.driver_id
    from left_over
    inner join drivers_in_reach as in_reach
        on in_reach.car_fingerprint = left_over.car_fingerprint and in_reach.block = left_over.block
    where in_reach.hire_date between left_over.event_date - 30 and left_over.event_date + 7
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
inner join canon.records_index as record
    on record.source_table = pairs.source_table and record.source_pk = pairs.source_pk
inner join canon.drivers_index as driver on driver.driver_id = pairs.driver_id;
