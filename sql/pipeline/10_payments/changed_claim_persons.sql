-- Persons whose claims may have changed: queued themselves or by an account (taken_keys_this_step), or by a payment
-- (changed_payments_this_step), a name (touched_accounts_this_step), or, since %(trips_since)s (NULL: no trips came),
-- trips. One row: persons.
with accounts as (
    select changed.driver_id
    from changed_accounts_this_step as changed
    union
    select payment.driver_id
    from changed_payments_this_step as payment
    union
    select touched.driver_id
    from touched_accounts_this_step as touched
    union
    select trip.driver_id
    from canon.source_trip_versions as trip
    where
        %(trips_since)s::text is not null
        and age(trip.row_version) <= age(%(trips_since)s::text::xid)
),

persons as (
    select taken.value::uuid as person_key
    from taken_keys_this_step as taken
    where taken.kind = 'person'
    union
    select payment.person_key
    from changed_payments_this_step as payment
    union
    select link.person_key
    from canon.identity_links as link
    -- an array, because a join with temporary tables is planned for the whole table
    where link.source_table = 'drivers' and link.source_pk = any(array(select accounts.driver_id from accounts))
)

select coalesce(array_agg(persons.person_key order by persons.person_key), '{}') as persons
from persons
where persons.person_key is not null;
