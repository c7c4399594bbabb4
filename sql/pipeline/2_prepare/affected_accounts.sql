-- Driver accounts whose grouping may have changed, into pg_temp.affected_accounts: the accounts that changed, those
-- that carry a value that turned hot or cold, whoever shares a phone or licence with them, and all who stood in one
-- group with any of these. Connected components never reach beyond this set.
create temporary table affected_accounts on commit drop as
with changed as materialized (
    select touched.value as driver_id
    from canon.dirty_keys as touched
    where touched.kind = 'driver'
    union
    select driver.driver_id
    from canon.drivers_index as driver
    inner join canon.dirty_keys as touched
        on touched.kind = 'phone' and touched.cause = 'hot' and touched.value = driver.phone_norm
    union
    select driver.driver_id
    from canon.drivers_index as driver
    inner join canon.dirty_keys as touched
        on touched.kind = 'license' and touched.cause = 'hot' and touched.value = driver.license_norm
),

changed_accounts as materialized (
    select
        driver.driver_id,
        driver.phone_norm,
        driver.license_norm,
        driver.account_group
    from changed
    inner join canon.drivers_index as driver using (driver_id)
),

groups_that_share as (
    select
        changed.account_group as changed_group,
        neighbour.account_group as neighbour_group
    from changed_accounts as changed
    inner join canon.drivers_index as neighbour
        on neighbour.phone_norm = changed.phone_norm and neighbour.driver_id <> changed.driver_id
    where not exists (
        select 1 from canon.shared_values as hot where hot.kind = 'phone' and hot.value = changed.phone_norm
    )
    union all
    select
        changed.account_group,
        neighbour.account_group
    from changed_accounts as changed
    inner join canon.drivers_index as neighbour
        on neighbour.license_norm = changed.license_norm and neighbour.driver_id <> changed.driver_id
    where not exists (
        select 1 from canon.shared_values as hot where hot.kind = 'license' and hot.value = changed.license_norm
    )
),

-- An account that was alone and shares nothing stays alone: most of them.
groups as (
    select shared.changed_group as account_group from groups_that_share as shared
    union
    select shared.neighbour_group from groups_that_share as shared
    union
    select changed.account_group
    from changed_accounts as changed
    inner join canon.drivers_index as member
        on member.account_group = changed.account_group and member.driver_id <> changed.driver_id
)

select
    driver.driver_id,
    driver.phone_norm,
    driver.license_norm,
    driver.full_name_norm,
    driver.account_group
from canon.drivers_index as driver
where driver.account_group in (select groups.account_group from groups);

analyze affected_accounts;
