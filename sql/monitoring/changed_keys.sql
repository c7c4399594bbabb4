-- What canon.check_queue holds: its rows, and the records and persons in them. With more rows than %(limit)s all is
-- checked: no keys, and the newest row instead. One row.
with queued as materialized (
    select queue.* from canon.check_queue as queue order by queue.id limit %(limit)s::integer + 1
)

select
    counted.ids,
    counted.persons,
    record.source_tables,
    record.source_pks,
    case
        when cardinality(counted.ids) > %(limit)s::integer then (select max(newest.id) from canon.check_queue as newest)
    end as up_to
from (
    select
        coalesce(array_agg(queued.id), '{}') as ids,
        coalesce(array_agg(distinct queued.person_key) filter (where queued.person_key is not null), '{}') as persons
    from queued
) as counted
cross join (
    select
        coalesce(array_agg(written.source_table), '{}') as source_tables,
        coalesce(array_agg(written.source_pk), '{}') as source_pks
    from (
        select distinct
            queued.source_table,
            queued.source_pk
        from queued
        where queued.source_pk is not null
    ) as written
) as record;
