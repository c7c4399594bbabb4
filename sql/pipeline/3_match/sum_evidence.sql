-- What each comparison says, in bits: log2 of how much likelier it is among records of a person than among records of
-- others (canon.match_weights), and their sum. Of several accounts of a person the likeliest stands for it; the target
-- park wins between equals. What a car proves is in its plate where both plates are known.
-- Grain and key: (source_table, source_pk, account_group). Reads: compared_candidates_this_step. Leaves:
-- likeliest_accounts_this_step.
create temporary table likeliest_accounts_this_step on commit drop as
-- OFFSET 0: each sum is made once, however often it is used.
with in_bits as (
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
    offset 0 -- noqa: AM09
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

analyze likeliest_accounts_this_step (source_table, source_pk);
