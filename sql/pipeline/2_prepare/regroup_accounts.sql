-- Write the account groups computed in Python. An account whose group changed becomes a dirty key, so that records
-- which share a value with it are evaluated again.
-- Grain and key: driver_id. Reads: affected_accounts_this_step, account_groups_this_step (groups of two and more; every
-- other affected account is its own group). Leaves: regrouped_accounts_this_step.
-- Safe to run again: only accounts whose group differs are written.
-- rows: regrouped
create temporary table regrouped_accounts_this_step on commit drop as
select
    affected.driver_id,
    coalesce(grouped.account_group, affected.driver_id) as account_group
from pg_temp.affected_accounts_this_step as affected
left join pg_temp.account_groups_this_step as grouped on grouped.driver_id = affected.driver_id
where coalesce(grouped.account_group, affected.driver_id) is distinct from affected.account_group;

update canon.drivers_index as driver
set account_group = regrouped.account_group
from regrouped_accounts_this_step as regrouped
where regrouped.driver_id = driver.driver_id;

insert into canon.dirty_keys (kind, value, cause)
select 'driver', regrouped.driver_id, 'driver' from regrouped_accounts_this_step as regrouped
on conflict do nothing;

-- a payment that gives only a name counts when all accounts of that name are one group, which has changed here
insert into canon.cabinet_claims_queue (kind, value)
select
    'driver',
    regrouped.driver_id
from regrouped_accounts_this_step as regrouped
where exists (select 1 from canon.read_model_refreshes as kept where kept.read_model = 'cabinet_claims');
