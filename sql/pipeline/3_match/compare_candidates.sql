-- Compare each record with each of its candidate accounts and persons, key by key: the level of each comparison, as
-- canon.match_weights names them, and what their names weigh. A value that too many people carry says nothing
-- ('shared').
-- Grain and key: (source_table, source_pk, driver_id or person_key). With a partition, only records in it;
-- with `by_name`, only records that have a candidate by name. Leaves: pairs_this_step, compared_candidates_this_step.
create temporary table pairs_this_step on commit drop as
select
    candidate.source_table,
    candidate.source_pk,
    candidate.driver_id,
    candidate.person_key,
    candidate.person_record,
    min(rule.position) as rule_position
from canon.candidates_this_run as candidate
inner join canon.match_rules as rule on rule.match_rule = candidate.rule
where
    canon.is_in_partition(candidate.source_pk, %(partition)s::integer, %(partitions)s::integer)
    and (
        not %(by_name)s::boolean
        or (candidate.source_table, candidate.source_pk) in (
            select named.source_table, named.source_pk
            from canon.candidates_this_run as named
            inner join canon.match_rules as by_name on by_name.match_rule = named.rule and by_name.is_by_name
        )
    )
group by
    candidate.source_table, candidate.source_pk, candidate.driver_id, candidate.person_key, candidate.person_record;

-- few or all: the joins below depend on it
analyze pairs_this_step (source_table, source_pk, driver_id);

create temporary table compared_candidates_this_step on commit drop as
select
    pairs.*,
    coalesce(driver.account_group, 'person ' || pairs.person_key) as account_group,
    driver.park_id,
    record.name_norm as record_name,
    coalesce(driver.full_name_norm, person.name_norm) as driver_name,
    record.event_date,
    record.car_fingerprint,
    case when record.driver_id = pairs.driver_id then 'equal' when record.driver_id is not null then 'differs' end
        as driver_level,
    case
        when record.phone_norm = coalesce(driver.phone_norm, person.phone_norm)
            then case when shared_phone.value is null then 'equal' else 'shared' end
        when shared_phone.value is not null then null
        when canon.is_one_off(record.phone_norm, coalesce(driver.phone_norm, person.phone_norm)) then 'one_off'
        when record.phone_norm <> coalesce(driver.phone_norm, person.phone_norm) then 'differs'
    end as phone_level,
    case
        when record.license_norm = coalesce(driver.license_norm, person.license_norm)
            then case when shared_license.value is null then 'equal' else 'shared' end
        when shared_license.value is not null then null
        when record.license_number = coalesce(driver.license_number, person.license_number) then 'number'
        when canon.is_one_off(record.license_norm, coalesce(driver.license_norm, person.license_norm)) then 'one_off'
        when record.license_norm <> coalesce(driver.license_norm, person.license_norm) then 'differs'
    end as license_level,
    case
        when record.plate_norm = driver.plate_norm
            then case when shared_plate.value is null then 'equal' else 'shared' end
        when shared_plate.value is not null then null
        when canon.is_one_off(record.plate_norm, driver.plate_norm) then 'one_off'
        when record.plate_norm <> driver.plate_norm then 'differs'
    end as plate_level,
    case
        when record.plate_norm = driver.plate_norm then null
        when record.car_fingerprint = driver.car_fingerprint
            then case when record.plate_norm <> driver.plate_norm then 'equal_other_plate' else 'equal' end
        when record.car_fingerprint <> driver.car_fingerprint
            then case when record.plate_norm <> driver.plate_norm then 'differs_other_plate' else 'differs' end
    end as car_level,
    case
        when driver.hire_date between record.event_date - 30 and record.event_date + 7 then 'close'
        when driver.hire_date between record.event_date - 90 and record.event_date + 30 then 'near'
        when driver.hire_date is not null then 'far'
    end as hired_level,
    score.similarity,
    score.verdict as names,
    score.bits as name_bits,
    coalesce(score.household_bits, 0) as name_household_bits
from pairs_this_step as pairs
inner join canon.records_index as record using (source_table, source_pk)
left join canon.drivers_index as driver on driver.driver_id = pairs.driver_id
left join canon.records_index as person
    on person.source_table = 'module_ct_scouting_daily' and person.source_pk = pairs.person_record
left join canon.shared_values as shared_phone on shared_phone.kind = 'phone' and shared_phone.value = record.phone_norm
left join canon.shared_values as shared_license
    on shared_license.kind = 'license' and shared_license.value = record.license_norm
left join canon.shared_values as shared_plate on shared_plate.kind = 'plate' and shared_plate.value = record.plate_norm
left join canon.name_scores_this_run as score
    on
        record.name_norm is not null -- least() and greatest() ignore NULL
        and coalesce(driver.full_name_norm, person.name_norm) is not null
        and score.name_a = least(record.name_norm, coalesce(driver.full_name_norm, person.name_norm))
        and score.name_b = greatest(record.name_norm, coalesce(driver.full_name_norm, person.name_norm));
