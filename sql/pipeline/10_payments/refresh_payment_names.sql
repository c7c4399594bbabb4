-- The accounts of each name that a payment gives, into canon.payment_names, as far as they changed: the accounts of
-- changed_accounts_this_step (driver_id), and the names of changed_payments_this_step. Only for a name that no payment
-- gave before, all accounts are compared. A key of a name is costly: it is made of those whose first word is among the
-- words of such a name, and which have as many letters and as many A.
-- Leaves touched_accounts_this_step (driver_id): accounts of such names, before and after. Arrays, because a join with
-- a temporary table is planned for the whole table. Repeatable.
drop table if exists touched_names_this_step, touched_accounts_this_step;

create temporary table touched_names_this_step on commit drop as
select bearer.name_key
from canon.payment_names as bearer
where bearer.driver_id = any(array(select changed.driver_id from changed_accounts_this_step as changed))
union
select payment.name_key
from changed_payments_this_step as payment
where payment.name_key is not null;

create temporary table touched_accounts_this_step on commit drop as
select bearer.driver_id
from canon.payment_names as bearer
where bearer.name_key = any(array(select touched.name_key from touched_names_this_step as touched));

delete from canon.payment_names as bearer
where
    bearer.driver_id = any(array(select changed.driver_id from changed_accounts_this_step as changed))
    or bearer.name_key = any(array(select payment.name_key from changed_payments_this_step as payment));

insert into canon.payment_names (name_key, driver_id)
with names as not materialized (
    select
        driver.driver_id::text as driver_id,
        coalesce(
            account.full_name_norm, canon.normalise_name(coalesce(driver.full_name, driver.name_parts))
        ) as full_name_norm
    from canon.source_drivers as driver
    left join canon.drivers_index as account on account.driver_id = driver.driver_id
),

renamed as materialized (
    select
        canon.name_key(named.full_name_norm) as name_key,
        named.driver_id
    from names as named
    where named.driver_id = any(array(select changed.driver_id from changed_accounts_this_step as changed))
),

asked as materialized (
    select distinct payment.name_key
    from changed_payments_this_step as payment
    where
        payment.name_key is not null
        and exists (select 1 from canon.paid_payments as paid where paid.name_key = payment.name_key)
),

outlines as materialized (
    select distinct
        word.word,
        length(asked.name_key) as name_length,
        length(replace(asked.name_key, 'a', '')) as length_without_a
    from asked
    cross join string_to_table(asked.name_key, ' ') as word (word)
),

alike as materialized (
    select
        canon.name_key(named.full_name_norm) as name_key,
        named.driver_id
    from outlines
    inner join names as named
        on
            lower(split_part(named.full_name_norm, ' ', 1) collate "C") = outlines.word
            and length(named.full_name_norm) = outlines.name_length
            and length(replace(named.full_name_norm, 'A', '')) = outlines.length_without_a
    -- evaluated first: without such a name no account is read
    where exists (select 1 from asked)
)

select
    renamed.name_key,
    renamed.driver_id
from renamed
where exists (select 1 from canon.paid_payments as paid where paid.name_key = renamed.name_key)
union
select
    alike.name_key,
    alike.driver_id
from alike
inner join asked on asked.name_key = alike.name_key;

insert into touched_accounts_this_step (driver_id)
select bearer.driver_id
from canon.payment_names as bearer
where bearer.name_key = any(array(
    select touched.name_key from touched_names_this_step as touched
    union
    select renamed.name_key
    from canon.payment_names as renamed
    where renamed.driver_id = any(array(select changed.driver_id from changed_accounts_this_step as changed))
));
