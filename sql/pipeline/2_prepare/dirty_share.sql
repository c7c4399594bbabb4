-- How many accounts, records and values are dirty, and whether counting all values is cheaper than looking up the dirty
-- ones: true when they exceed a tenth of both indexes, by the planner's row estimates. One row.
with dirty as (
    select
        (select count(*) from canon.dirty_keys) + (select count(*) from canon.evaluation_queue) as dirty_count
),

indexed as (
    select sum(greatest(relation.reltuples, 0)) as row_count
    from pg_catalog.pg_class as relation
    where relation.oid in ('canon.drivers_index'::regclass, 'canon.records_index'::regclass)
)

select
    dirty.dirty_count,
    dirty.dirty_count * 10 > indexed.row_count as is_full_count_cheaper
from dirty
cross join indexed;
