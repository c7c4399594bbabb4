-- The next persons of the attribution queue, into pg_temp.attribution_batch; at most %(batch_size)s of them.
-- They are locked, so that a change of their events waits and queues them anew; those whose events are being
-- changed at this moment are left to the next run.
create temporary table attribution_batch on commit drop as
select queued.person_key
from canon.attribution_queue as queued
order by queued.person_key
limit %(batch_size)s
for update skip locked;

analyze attribution_batch;
