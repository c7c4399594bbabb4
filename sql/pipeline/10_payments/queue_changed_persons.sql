-- Persons about whom something was written since %(since)s that decides what they are worth: their ledger row, an
-- account, or, since %(trips_since)s (NULL: no trips came), trips. Repeatable. Whose events changed, or who lost an
-- account, is queued already.
insert into canon.payment_queue (person_key)
select ledger.person_key
from observational.lead_ledger as ledger
where age(ledger.xmin) <= age(%(since)s::text::xid)
union
select link.person_key
from canon.identity_links as link
where age(link.xmin) <= age(%(since)s::text::xid) and link.source_table = 'drivers'
union
select link.person_key
from canon.source_trip_versions as trip
inner join canon.identity_links as link on link.source_table = 'drivers' and link.source_pk = trip.driver_id
where
    %(trips_since)s::text is not null
    and age(trip.row_version) <= age(%(trips_since)s::text::xid)
on conflict do nothing;
