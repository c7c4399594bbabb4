-- The next persons of the queue, at most %(batch_size)s that no other session has in hand. One row.
select array_agg(taken.person_key order by taken.person_key) as persons
from (
    select queued.person_key
    from canon.payment_queue as queued
    order by queued.person_key
    limit %(batch_size)s
    for update skip locked
) as taken;
