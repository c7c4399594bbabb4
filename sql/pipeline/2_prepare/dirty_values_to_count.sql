-- Values of one kind whose carriers may have changed: those of changed drivers, of queued records, and those that a
-- record or driver no longer carries.
-- Grain and key: value. Leaves: values_to_count_this_step.
create temporary table values_to_count_this_step on commit drop as
select carrier.value
from canon.dirty_keys as dirty
inner join canon.value_carriers as carrier
    on dirty.kind = 'driver' and carrier.source_table = 'drivers' and carrier.source_pk = dirty.value
where carrier.kind = %(kind)s and carrier.value is not null
union
select carrier.value
from canon.evaluation_queue as queued
inner join canon.value_carriers as carrier using (source_table, source_pk)
where carrier.kind = %(kind)s and carrier.value is not null
union
select dirty.value
from canon.dirty_keys as dirty
where dirty.kind = %(kind)s;

analyze values_to_count_this_step;
