-- The probability that a record is a candidate's, from all evidence on one scale: the sum of its bits, and what speaks
-- for the other candidates and for a person without a driver account (ADR 24).
-- Phone, plate and surnames are also found among relatives, all of them together: the household part takes back what
-- a relative explains as well.
-- Grain and key: (source_table, source_pk, account_group). Reads: likeliest_accounts_this_step.
-- Safe to run again: what was weighed of the same records is deleted first.
delete from canon.weighed_candidates_this_run as weighed
using likeliest_accounts_this_step as again
where weighed.source_table = again.source_table and weighed.source_pk = again.source_pk;

insert into canon.weighed_candidates_this_run (
    source_table, source_pk, account_group, driver_id, person_key, park_id, is_in_target_park, rule_position,
    record_name, driver_name, similarity, names, driver_level, driver_bits, phone_level, phone_people, phone_bits,
    license_level, license_people, license_bits, plate_level, plate_people, plate_bits, car_level, car_bits, name_bits,
    hired_level, hired_bits, park_bits, household_bits, prior_bits, bits, probability, is_enough_alone, is_enough,
    candidate_rank, person_count, likely_count, any_probability, has_contradiction, has_weak
)
-- A value counts the less the more of the candidates carry it: they are everybody who does.
with carried as (
    select
        account.*,
        case
            when account.phone_level = 'equal' then count(*) filter (where account.phone_level = 'equal') over of_record
        end as phone_people,
        case
            when account.license_level in ('equal', 'number')
                then count(*) filter (where account.license_level in ('equal', 'number')) over of_record
        end as license_people,
        case
            when account.plate_level = 'equal' then count(*) filter (where account.plate_level = 'equal') over of_record
        end as plate_people
    from likeliest_accounts_this_step as account
    window of_record as (partition by account.source_table, account.source_pk)
),

summed as (
    select
        carried.*,
        coalesce(ln(carried.phone_people::float8) / ln(2::float8), 0) as phone_shared_bits,
        coalesce(ln(carried.license_people::float8) / ln(2::float8), 0) as license_shared_bits,
        coalesce(ln(carried.plate_people::float8) / ln(2::float8), 0) as plate_shared_bits
    from carried
),

with_household as (
    select
        summed.*,
        -- 900 bits: far beyond any sum, and still a number
        -ln(1 + weight.share_of_relatives * power(2::float8, least(
            summed.relative_bits - summed.phone_shared_bits - summed.plate_shared_bits, 900
        ))) / ln(2::float8) as household_bits,
        weight.share_with_driver,
        weight.has_counts
    from summed
    cross join canon.match_weight_bits as weight
),

-- OFFSET 0: each sum is made once, however often it is used.
totals as (
    select
        with_household.*,
        least(
            with_household.prior_bits + with_household.evidence_bits + with_household.household_bits
            - with_household.phone_shared_bits - with_household.license_shared_bits
            - with_household.plate_shared_bits, 900
        ) as bits
    from with_household
    offset 0 -- noqa: AM09
),

odds as (
    select
        totals.*,
        power(2::float8, totals.bits) as odds,
        rule.link_from,
        rule.is_by_name,
        rule.needs_counts,
        case
            -- a person without a driver account: as it was founded, by phone or licence unless names contradict
            when totals.person_key is not null then coalesce(totals.names, '') <> 'CONTRADICT'
            else
                power(2::float8, totals.bits) / (1 - totals.share_with_driver + power(2::float8, totals.bits))
                >= rule.link_from
                and (not rule.needs_counts or totals.has_counts)
                and (rule.names = 'ANY' or coalesce(totals.names in ('VERY', rule.names), false))
                -- the veto: names that contradict each other or are missing, and one key; a licence is nobody else's,
                -- even in a family
                and (
                    coalesce(totals.names, 'CONTRADICT') <> 'CONTRADICT'
                    or coalesce(totals.driver_level = 'equal', false)
                    or coalesce(totals.license_level = 'equal', false)
                    and (totals.names is null or totals.name_weight_bits > 0)
                    or coalesce(totals.phone_level in ('equal', 'one_off'), false)::integer
                    + coalesce(totals.license_level in ('equal', 'number', 'one_off'), false)::integer
                    + coalesce(totals.plate_level in ('equal', 'one_off'), false)::integer > 1
                )
        end as is_enough_alone
    from totals
    inner join canon.match_rules as rule on rule.position = totals.best_position
    offset 0 -- noqa: AM09
),

together as (
    select
        odds.*,
        count(*) filter (where odds.is_enough_alone) over of_record as enough_count,
        coalesce(bool_or(odds.is_enough_alone and odds.phone_level = 'equal') over of_record, false)
            as has_person_of_phone,
        coalesce(bool_or(odds.is_enough_alone and odds.license_level = 'equal') over of_record, false)
            as has_person_of_license,
        coalesce(bool_or(odds.is_enough_alone and odds.plate_level = 'equal') over of_record, false)
            as has_person_of_plate,
        count(*) over of_record as person_count,
        bool_or(
            odds.names = 'CONTRADICT' and (odds.phone_level = 'equal' or odds.license_level = 'equal')
        ) over of_record as has_contradiction,
        bool_or(not odds.is_by_name and odds.names is distinct from 'CONTRADICT') over of_record as has_weak,
        odds.odds / (1 - odds.share_with_driver + sum(odds.odds) over of_record) as exact_probability
    from odds
    window of_record as (partition by odds.source_table, odds.source_pk)
),

final as (
    select
        together.*,
        round(together.exact_probability * 1e7::float8) / 1e7::float8 as probability
    from together
    offset 0 -- noqa: AM09
)

select
    final.source_table,
    final.source_pk,
    final.account_group,
    final.driver_id,
    final.person_key,
    final.park_id,
    final.is_in_target_park,
    final.best_position,
    final.record_name,
    final.driver_name,
    final.similarity,
    final.names,
    final.driver_level,
    final.driver_bits,
    final.phone_level,
    final.phone_people,
    final.phone_bits - final.phone_shared_bits,
    final.license_level,
    final.license_people,
    final.license_bits - final.license_shared_bits,
    final.plate_level,
    final.plate_people,
    final.plate_bits - final.plate_shared_bits,
    final.car_level,
    final.car_bits,
    final.name_weight_bits,
    final.hired_level,
    final.hired_bits,
    final.park_bits,
    final.household_bits,
    final.prior_bits,
    final.bits,
    final.probability,
    final.is_enough_alone,
    final.is_enough_alone
    and (final.exact_probability >= final.link_from or final.person_key is not null and final.enough_count = 1)
    -- keys that contradict each other: another person, enough on its own, carries one that this one lacks
    and (coalesce(final.phone_level, '') = 'equal' or not final.has_person_of_phone)
    and (coalesce(final.license_level, '') = 'equal' or not final.has_person_of_license)
    and (coalesce(final.plate_level, '') = 'equal' or not final.has_person_of_plate),
    row_number() over (
        partition by final.source_table, final.source_pk
        order by final.probability desc, final.best_position, final.is_in_target_park desc, final.account_group
    ),
    final.person_count,
    greatest(count(*) filter (where final.probability >= 0.02) over of_record, final.enough_count),
    coalesce(
        sum(final.probability) filter (where not final.needs_counts or final.has_counts) over of_record, 0
    ),
    final.has_contradiction,
    final.has_weak
from final
window of_record as (partition by final.source_table, final.source_pk);
