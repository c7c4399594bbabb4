-- Put all evidence about each record and candidate person on one scale, in bits: log2 of how much likelier it is among
-- records of that person than among records of others (canon.match_weights). The sum, and what speaks for the other
-- candidates and for somebody who is not here, give the probability (ADR 24). Of several accounts of a person the
-- likeliest stands for it; the target park wins between equals.
-- Phone, plate and surnames are also found among relatives, all of them together: the household part takes back what
-- a relative explains as well. What a car proves is in its plate where both plates are known.
-- Grain and key: (source_table, source_pk, account_group). Reads: compared_candidates_this_step. Leaves:
-- weighed_accounts_this_step.
-- Safe to run again: what was weighed of the same records is deleted first.
create temporary table weighed_accounts_this_step on commit drop as
-- "materialized": else each sum is made again for each of its uses.
with in_bits as materialized (
    select
        compared.*,
        coalesce(compared.name_bits, weight.name_missing) as name_weight_bits,
        weight.prior_bits,
        case compared.driver_level
            when 'equal' then weight.driver_equal + weight.people_bits
            when 'differs' then weight.driver_differs
            else 0
        end as driver_bits,
        case compared.phone_level
            when 'equal' then weight.phone_equal + weight.people_bits
            when 'one_off' then weight.phone_one_off
            when 'differs' then weight.phone_differs
            else 0
        end as phone_bits,
        case compared.license_level
            when 'equal' then weight.license_equal + weight.people_bits
            when 'number' then weight.license_number + weight.people_bits
            when 'one_off' then weight.license_one_off
            when 'differs' then weight.license_differs
            else 0
        end as license_bits,
        case compared.plate_level
            when 'equal' then weight.plate_equal + weight.people_bits
            when 'one_off' then weight.plate_one_off
            when 'differs' then case compared.phone_level
                when 'differs' then weight.plate_differs_too else weight.plate_differs
            end
            else 0
        end as plate_bits,
        case compared.car_level
            when 'equal' then weight.car_equal + canon.share_bits(same_car.people, weight.people, 0.03)
            when 'equal_other_plate'
                then weight.car_equal_other_plate + canon.share_bits(same_car.people, weight.people, 0.03)
            when 'differs' then weight.car_differs
            when 'differs_other_plate' then weight.car_differs_other_plate
            else 0
        end as car_bits,
        case compared.hired_level
            when 'close' then weight.hired_close
                + canon.share_bits(coalesce(hired_close.people, usual_close.people), weight.people, 0.15)
            when 'near' then weight.hired_near
                + canon.share_bits(coalesce(hired_near.people, usual_near.people), weight.people, 0.20)
            when 'far' then weight.hired_far
            else 0
        end as hired_bits,
        case
            when run.target_park_id is null or compared.park_id is null then 0
            when compared.park_id = run.target_park_id
                then weight.park_target + canon.share_bits(parks.people, weight.people, 0.5)
            else weight.park_other + canon.share_bits((weight.people - parks.people)::integer, weight.people, 0.5)
        end as park_bits,
        coalesce(compared.park_id = run.target_park_id, false) as is_in_target_park,
        case when compared.phone_level = 'equal' then weight.phone_equal_household + weight.people_bits else 0 end
        + case when compared.plate_level = 'equal' then weight.plate_equal_household + weight.people_bits else 0 end
        + compared.name_household_bits as relative_bits
    from compared_candidates_this_step as compared
    cross join canon.match_weight_bits as weight
    cross join ops.run_settings(%(run_id)s::integer) as run
    left join canon.value_frequencies as same_car
        on same_car.kind = 'car' and same_car.value = compared.car_fingerprint
    left join canon.value_frequencies as hired_close
        on hired_close.kind = 'hired_close' and hired_close.value = compared.event_date::text
    left join canon.value_frequencies as hired_near
        on hired_near.kind = 'hired_near' and hired_near.value = compared.event_date::text
    left join canon.value_frequencies as usual_close on usual_close.kind = 'hired_close' and usual_close.value = ''
    left join canon.value_frequencies as usual_near on usual_near.kind = 'hired_near' and usual_near.value = ''
    left join canon.value_frequencies as parks on parks.kind = 'park' and parks.value = run.target_park_id
),

accounts as (
    select
        in_bits.*,
        min(in_bits.rule_position) over (
            partition by in_bits.source_table, in_bits.source_pk, in_bits.account_group
        ) as best_position,
        in_bits.driver_bits + in_bits.phone_bits + in_bits.license_bits + in_bits.plate_bits + in_bits.car_bits
        + in_bits.name_weight_bits + in_bits.hired_bits + in_bits.park_bits as evidence_bits
    from in_bits
)

select distinct on (accounts.source_table, accounts.source_pk, accounts.account_group) accounts.*
from accounts
order by
    accounts.source_table, accounts.source_pk, accounts.account_group, round(accounts.evidence_bits * 100) desc,
    accounts.is_in_target_park desc, accounts.driver_id;

analyze weighed_accounts_this_step (source_table, source_pk);

delete from canon.weighed_candidates_this_run as weighed
using weighed_accounts_this_step as again
where weighed.source_table = again.source_table and weighed.source_pk = again.source_pk;

insert into canon.weighed_candidates_this_run
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
    from weighed_accounts_this_step as account
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

totals as materialized (
    select
        with_household.*,
        least(
            with_household.prior_bits + with_household.evidence_bits + with_household.household_bits
            - with_household.phone_shared_bits - with_household.license_shared_bits
            - with_household.plate_shared_bits, 900
        ) as bits
    from with_household
),

odds as materialized (
    select
        totals.*,
        power(2::float8, totals.bits) as odds,
        rule.link_from,
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
),

final as (
    select
        odds.*,
        count(*) filter (where odds.is_enough_alone) over of_record as enough_count,
        coalesce(bool_or(odds.is_enough_alone and odds.phone_level = 'equal') over of_record, false)
            as has_person_of_phone,
        coalesce(bool_or(odds.is_enough_alone and odds.license_level = 'equal') over of_record, false)
            as has_person_of_license,
        coalesce(bool_or(odds.is_enough_alone and odds.plate_level = 'equal') over of_record, false)
            as has_person_of_plate,
        odds.odds / (1 - odds.share_with_driver + sum(odds.odds) over of_record) as probability
    from odds
    window of_record as (partition by odds.source_table, odds.source_pk)
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
    round(final.probability * 1e7::float8) / 1e7::float8,
    final.is_enough_alone,
    final.is_enough_alone
    and (final.probability >= final.link_from or final.person_key is not null and final.enough_count = 1)
    -- keys that contradict each other: another person, enough on its own, carries one that this one lacks
    and (coalesce(final.phone_level, '') = 'equal' or not final.has_person_of_phone)
    and (coalesce(final.license_level, '') = 'equal' or not final.has_person_of_license)
    and (coalesce(final.plate_level, '') = 'equal' or not final.has_person_of_plate)
from final;

analyze canon.weighed_candidates_this_run (source_table, source_pk, account_group, is_enough);
