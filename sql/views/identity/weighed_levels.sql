-- Every weighed driver candidate of the batch, once per comparison that says something about it: the level, whether
-- another exact key would have found the candidate as well (`is_found_otherwise`), and how likely it is the person of
-- the record (`same`), somebody without any relation (`stranger`) or a relative (`relative`); the three add up to 1.
-- Levels of a key are counted only among candidates that are found otherwise: those that a key finds itself would
-- always have it equal. Words of names are in canon.weighed_names.
-- Grain and key: (source_table, source_pk, account_group, comparison).
create or replace view canon.weighed_levels as
with candidates as (
    select
        weighed.source_table,
        weighed.source_pk,
        weighed.account_group,
        weighed.driver_level,
        weighed.phone_level,
        weighed.license_level,
        -- who starts anew changes phone and plate, which are weighed together then (level differs_too, as shipped)
        case when coalesce(weighed.phone_level, '') <> 'differs' then weighed.plate_level end as plate_level,
        weighed.car_level,
        weighed.hired_level,
        case
            when run.target_park_id is null or weighed.park_id is null then null
            when weighed.is_in_target_park then 'target'
            else 'other'
        end as park_level,
        coalesce(weighed.driver_level = 'equal', false)::integer as by_driver,
        coalesce(weighed.phone_level = 'equal', false)::integer as by_phone,
        coalesce(weighed.license_level in ('equal', 'number'), false)::integer as by_license,
        coalesce(weighed.plate_level = 'equal', false)::integer as by_plate,
        weighed.probability as same,
        (1 - weighed.probability) * power(2::float8, weighed.household_bits::float8) as stranger,
        (1 - weighed.probability) * (1 - power(2::float8, weighed.household_bits::float8)) as relative
    from canon.weighed_candidates_this_run as weighed
    cross join canon.batch_this_run as batch
    cross join lateral ops.run_settings(batch.run_id) as run
    where weighed.driver_id is not null
)

select
    candidate.source_table,
    candidate.source_pk,
    candidate.account_group,
    compared.comparison,
    compared.level,
    candidate.by_driver + candidate.by_phone + candidate.by_license + candidate.by_plate > compared.by_itself
        as is_found_otherwise,
    candidate.same,
    candidate.stranger,
    candidate.relative
from candidates as candidate
cross join lateral (
    values
    ('driver', candidate.driver_level, candidate.by_driver),
    ('phone', candidate.phone_level, candidate.by_phone),
    ('license', candidate.license_level, candidate.by_license),
    ('plate', candidate.plate_level, candidate.by_plate),
    ('car', candidate.car_level, 0),
    ('hired', candidate.hired_level, 0),
    ('park', candidate.park_level, 0)
) as compared (comparison, level, by_itself)
where compared.level <> 'shared';
