-- Pairs of affected accounts that share a licence or phone, with their names and licences, and what their keys weigh if
-- both are one person's or two relatives' (canon.match_weights; the share of accounts that are a person's second one
-- takes the place of the records that have a driver). Values in canon.shared_values are no evidence and make no pair.
-- Grain and key: (driver_a, driver_b), driver_a < driver_b. Reads: affected_accounts_this_step.
with pairs as (
    select
        a.driver_id as driver_a,
        b.driver_id as driver_b
    from pg_temp.affected_accounts_this_step as a
    inner join pg_temp.affected_accounts_this_step as b on b.phone_norm = a.phone_norm and a.driver_id < b.driver_id
    where not exists (
        select 1 from canon.shared_values as shared where shared.kind = 'phone' and shared.value = a.phone_norm
    )
    union
    select
        a.driver_id,
        b.driver_id
    from pg_temp.affected_accounts_this_step as a
    inner join pg_temp.affected_accounts_this_step as b on b.license_norm = a.license_norm and a.driver_id < b.driver_id
    where not exists (
        select 1 from canon.shared_values as shared where shared.kind = 'license' and shared.value = a.license_norm
    )
)

select
    pairs.driver_a,
    pairs.driver_b,
    a.full_name_norm as name_a,
    b.full_name_norm as name_b,
    a.license_norm as license_a,
    b.license_norm as license_b,
    ln(0.04::float8) / ln(2::float8) - weight.people_bits
    + case
        when a.phone_norm <> b.phone_norm then weight.phone_differs
        when a.phone_norm = b.phone_norm and not a.is_phone_shared then weight.phone_equal + weight.people_bits
        else 0
    end
    + case
        when a.license_norm = b.license_norm and not a.is_license_shared
            then weight.license_equal + weight.people_bits
        when a.license_norm <> b.license_norm then weight.license_differs
        else 0
    end
    + case
        when a.plate_norm <> b.plate_norm then weight.plate_differs
        when a.plate_norm = b.plate_norm and not a.is_plate_shared then weight.plate_equal + weight.people_bits
        else 0
    end as key_bits,
    ln(weight.share_of_relatives) / ln(2::float8)
    + case
        when a.phone_norm = b.phone_norm and not a.is_phone_shared
            then weight.phone_equal_household + weight.people_bits
        else 0
    end
    + case
        when a.plate_norm = b.plate_norm and not a.is_plate_shared
            then weight.plate_equal_household + weight.people_bits
        else 0
    end as household_key_bits
from pairs
cross join canon.match_weight_bits as weight
inner join pg_temp.affected_accounts_this_step as a on a.driver_id = pairs.driver_a
inner join pg_temp.affected_accounts_this_step as b on b.driver_id = pairs.driver_b
order by pairs.driver_a, pairs.driver_b;
