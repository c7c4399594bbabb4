-- Pairs of affected accounts that share a licence or a phone which is evidence, with what is needed to tell whether
-- one person holds both. Grain: (driver_a, driver_b) with driver_a < driver_b.
with pairs as (
    select
        a.driver_id as driver_a,
        b.driver_id as driver_b
    from pg_temp.affected_accounts as a
    inner join pg_temp.affected_accounts as b on b.phone_norm = a.phone_norm and a.driver_id < b.driver_id
    where not exists (select 1 from canon.shared_values as hot where hot.kind = 'phone' and hot.value = a.phone_norm)
    union
    select
        a.driver_id,
        b.driver_id
    from pg_temp.affected_accounts as a
    inner join pg_temp.affected_accounts as b on b.license_norm = a.license_norm and a.driver_id < b.driver_id
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
inner join pg_temp.affected_accounts as a on a.driver_id = pairs.driver_a
inner join pg_temp.affected_accounts as b on b.driver_id = pairs.driver_b
order by pairs.driver_a, pairs.driver_b;
