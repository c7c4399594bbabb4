-- Takes what canon.cabinet_claims_queue holds. Leaves taken_keys_this_step (kind, value), and
-- changed_accounts_this_step (driver_id). What is queued later is for the next run: the tables are read after this
-- statement.
drop table if exists taken_keys_this_step, changed_accounts_this_step;

create temporary table taken_keys_this_step (kind text, value text) on commit drop;

-- rows: taken
with taken as (
    delete from canon.cabinet_claims_queue as queued returning queued.kind, queued.value
)

insert into taken_keys_this_step (kind, value)
select distinct
    taken.kind,
    taken.value
from taken;

create temporary table changed_accounts_this_step on commit drop as
select taken.value as driver_id
from taken_keys_this_step as taken
where taken.kind = 'driver';

analyze changed_accounts_this_step;
