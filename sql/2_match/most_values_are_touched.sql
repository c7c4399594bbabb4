-- Whether so many accounts and records changed that counting the carriers of all values is cheaper than looking
-- up those of the touched ones: more than a tenth. Sizes of the indexes as the planner knows them.
select
    (
        (select count(*) from canon.touched_values) + (select count(*) from canon.evaluation_queue)
    ) * 10
    > (
        select sum(greatest(relation.reltuples, 0))
        from pg_catalog.pg_class as relation
        where relation.oid in ('canon.drivers_index'::regclass, 'canon.records_index'::regclass)
    );
