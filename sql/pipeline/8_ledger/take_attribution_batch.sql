-- Take the next %(batch_size)s persons of canon.attribution_queue. They are locked: a concurrent change of their events
-- waits and queues them again. Persons locked by such a change are left to the next run.
-- Grain and key: person_key. Leaves: attribution_batch.
-- rows: persons
create temporary table attribution_batch on commit drop as
select queued.person_key
from canon.attribution_queue as queued
order by queued.person_key
limit %(batch_size)s
for update skip locked;

analyze attribution_batch;
