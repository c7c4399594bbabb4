-- How many accounts, records and values wait to be counted again; and whether these are so many that counting the
-- carriers of all values is cheaper than looking up those of the touched ones: more than a tenth of both indexes, whose
-- sizes are those that the planner knows.
with waiting as (
    select
        (select count(*) from canon.dirty_keys) + (select count(*) from canon.evaluation_queue) as touched
),

known as (
    select sum(greatest(relation.reltuples, 0)) as size
    from pg_catalog.pg_class as relation
    where relation.oid in ('canon.drivers_index'::regclass, 'canon.records_index'::regclass)
)

select
    waiting.touched,
    waiting.touched * 10 > known.size as are_most
from waiting
cross join known;
