-- Pairs of affected accounts that share a licence or phone, with the names and licences that decide whether they are
-- one person. Values in canon.shared_values are no evidence and make no pair.
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
    b.license_norm as license_b
from pairs
inner join pg_temp.affected_accounts_this_step as a on a.driver_id = pairs.driver_a
inner join pg_temp.affected_accounts_this_step as b on b.driver_id = pairs.driver_b
order by pairs.driver_a, pairs.driver_b;
