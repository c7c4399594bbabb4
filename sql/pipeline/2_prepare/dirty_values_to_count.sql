-- Values of one kind whose carriers may have changed, into pg_temp.values_to_count: those of changed drivers and
-- queued records, and those that were given up.
create temporary table values_to_count on commit drop as
select carrier.value
from canon.dirty_keys as touched
inner join canon.value_carriers as carrier
    on touched.kind = 'driver' and carrier.source_table = 'drivers' and carrier.source_pk = touched.value
where carrier.kind = %(kind)s
union
select carrier.value
from canon.evaluation_queue as queued
inner join canon.value_carriers as carrier
    on carrier.source_table = queued.source_table and carrier.source_pk = queued.source_pk
where carrier.kind = %(kind)s
union
select touched.value
from canon.dirty_keys as touched
where touched.kind = %(kind)s;

analyze values_to_count;
