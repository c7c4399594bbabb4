-- Write the groups found among the affected accounts (pg_temp.grouped_accounts holds only groups of two and
-- more; all others stand alone). An account that changed group is touched, so that records which share a
-- value with it are evaluated again.
create temporary table regrouped on commit drop as
select
    affected.driver_id,
    coalesce(grouped.account_group, affected.driver_id) as account_group
from pg_temp.affected_accounts as affected
left join pg_temp.grouped_accounts as grouped on grouped.driver_id = affected.driver_id
where coalesce(grouped.account_group, affected.driver_id) is distinct from affected.account_group;

update canon.drivers_index as driver
set account_group = regrouped.account_group
from regrouped
where regrouped.driver_id = driver.driver_id;

insert into canon.dirty_keys (kind, value, cause)
select 'driver', regrouped.driver_id, 'driver' from regrouped
on conflict do nothing;
