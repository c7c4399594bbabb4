-- Driver accounts with the words of a scout's name: all of them and at least three different ones, in any order. Two
-- words are the name of too many people.
-- Grain and key: (scout_id, driver_id). Accounts are found by a key of three of the words (canon.name_blocks), scout by
-- scout.
create or replace view canon.scout_accounts as
select
    scout.scout_id,
    account.driver_id,
    account.phone_norm
from (
    select
        listed.scout_id,
        canon.normalise_name(listed.raw_name) as name
    from ops.v_dim_scouts as listed
) as scout
cross join lateral (
    select
        driver.driver_id::text as driver_id,
        driver.phone_norm::text as phone_norm
    from canon.drivers_index as driver
    where
        canon.name_blocks(driver.full_name_norm::text) @> array[(canon.name_blocks(scout.name))[1]]
        and canon.name_key(driver.full_name_norm::text) = canon.name_key(scout.name)
    -- OFFSET 0: scout by scout; a join would compare the names of all accounts
    offset 0 -- noqa: AM09
) as account;
