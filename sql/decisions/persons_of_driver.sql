-- The account group of a driver account, the persons its accounts are linked to, and the key to use if there is none:
-- that of the record's own person if it has no other record, else a new one. One row.
select
    driver.account_group,
    array(
        select account.driver_id::text
        from canon.drivers_index as account
        where account.account_group = driver.account_group
        order by account.driver_id
    ) as accounts,
    array(
        select distinct link.person_key::text as person_key
        from canon.drivers_index as account
        inner join canon.identity_links as link on link.source_table = 'drivers' and link.source_pk = account.driver_id
        where account.account_group = driver.account_group
        order by person_key
    ) as persons,
    coalesce(
        (
            select link.person_key
            from canon.identity_links as link
            where
                link.source_table = %(source_table)s
                and link.source_pk = %(source_pk)s
                and not exists (
                    select 1 from canon.identity_links as other
                    where other.person_key = link.person_key and other.id <> link.id
                )
        ),
        canon.new_person_key()
    )::text as own_or_new_person
from (values (%(driver_id)s::varchar)) as asked (driver_id)
left join canon.drivers_index as driver on driver.driver_id = asked.driver_id;
