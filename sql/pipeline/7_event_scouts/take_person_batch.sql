-- Takes the next %(batch_size)s queued persons after %(after)s, up to %(until)s.
-- Grain and key: person_key. Leaves: person_batch.
-- keeps the sort of one batch in memory
set local work_mem = '64MB';

create temporary table person_batch on commit drop as
select queued.person_key
from canon.attribution_queue as queued
where queued.person_key > %(after)s::uuid and queued.person_key <= %(until)s::uuid
order by queued.person_key
limit %(batch_size)s;

analyze person_batch;
