-- Driver accounts with the words of a scout's name: all of them and at least three, in any order. Two words are the
-- name of too many people.
-- Grain and key: (scout_id, driver_id). Accounts are found by the words in their index, scout by scout.
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
        -- the expression of the index drivers_index_search
        array_to_tsvector(
            array_remove(string_to_array(driver.full_name_norm::text, ' ') || reverse(driver.phone_norm::text), null)
        ) @@ replace(scout.name, ' ', ' & ')::tsquery
        and canon.name_key(driver.full_name_norm::text) = canon.name_key(scout.name)
    -- OFFSET 0: scout by scout; a join would compare the names of all accounts
    offset 0 -- noqa: AM09
) as account
where split_part(scout.name, ' ', 3) <> '';
