-- Driver accounts whose account group may have changed: changed accounts, accounts with a value that became or stopped
-- being shared, all accounts in a full run or when weights are new, accounts that share a phone or licence with these,
-- and all current members of the groups of any of them. Connected components never extend beyond this set.
-- Grain and key: driver_id. Leaves: changed_accounts_this_step, groups_this_step, affected_accounts_this_step.
-- Analysed temp tables: all or few may have changed, and the joins depend on it.
create temporary table changed_accounts_this_step on commit drop as
select
    driver.driver_id,
    driver.phone_norm,
    driver.license_norm,
    driver.account_group
from canon.drivers_index as driver
inner join canon.dirty_keys as dirty
    on dirty.kind = 'driver' and dirty.value = driver.driver_id
union
select
    driver.driver_id,
    driver.phone_norm,
    driver.license_norm,
    driver.account_group
from canon.drivers_index as driver
inner join canon.dirty_keys as dirty
    on dirty.kind = 'phone' and dirty.cause = 'shared' and dirty.value = driver.phone_norm
union
select
    driver.driver_id,
    driver.phone_norm,
    driver.license_norm,
    driver.account_group
from canon.drivers_index as driver
inner join canon.dirty_keys as dirty
    on dirty.kind = 'license' and dirty.cause = 'shared' and dirty.value = driver.license_norm
union
select
    driver.driver_id,
    driver.phone_norm,
    driver.license_norm,
    driver.account_group
from canon.drivers_index as driver
inner join canon.dirty_keys as dirty
    on dirty.kind = 'plate' and dirty.cause = 'shared' and dirty.value = driver.plate_norm
union
select
    driver.driver_id,
    driver.phone_norm,
    driver.license_norm,
    driver.account_group
from canon.drivers_index as driver
where
    exists (
        select 1 from canon.weights_versions as version where version.run_id is not null and not version.is_queued
    )
    or exists (select 1 from ops.run_settings(%(run_id)s::integer) as run where not run.is_incremental);

analyze changed_accounts_this_step;

-- Accounts that are alone and share nothing, which is most of them, need no recomputation.
create temporary table groups_this_step on commit drop as
with groups_that_share as (
    select
        changed.account_group as changed_group,
        neighbour.account_group as neighbour_group
    from changed_accounts_this_step as changed
    inner join canon.drivers_index as neighbour
        on neighbour.phone_norm = changed.phone_norm and neighbour.driver_id <> changed.driver_id
    where not exists (
        select 1 from canon.shared_values as shared where shared.kind = 'phone' and shared.value = changed.phone_norm
    )
    union all
    select
        changed.account_group,
        neighbour.account_group
    from changed_accounts_this_step as changed
    inner join canon.drivers_index as neighbour
        on neighbour.license_norm = changed.license_norm and neighbour.driver_id <> changed.driver_id
    where not exists (
        select 1 from canon.shared_values as shared
        where shared.kind = 'license' and shared.value = changed.license_norm
    )
)

select shared.changed_group as account_group from groups_that_share as shared
union
select shared.neighbour_group from groups_that_share as shared
union
select changed.account_group
from changed_accounts_this_step as changed
inner join canon.drivers_index as member
    on member.account_group = changed.account_group and member.driver_id <> changed.driver_id;

analyze groups_this_step;

-- rows: accounts
create temporary table affected_accounts_this_step on commit drop as
select
    driver.driver_id,
    driver.phone_norm,
    driver.license_norm,
    driver.plate_norm,
    driver.full_name_norm,
    driver.account_group,
    shared_phone.value is not null as is_phone_shared,
    shared_license.value is not null as is_license_shared,
    shared_plate.value is not null as is_plate_shared
from groups_this_step as grouped
inner join canon.drivers_index as driver using (account_group)
left join canon.shared_values as shared_phone on shared_phone.kind = 'phone' and shared_phone.value = driver.phone_norm
left join canon.shared_values as shared_license
    on shared_license.kind = 'license' and shared_license.value = driver.license_norm
left join canon.shared_values as shared_plate on shared_plate.kind = 'plate' and shared_plate.value = driver.plate_norm;

analyze affected_accounts_this_step;
