-- Queue the records to estimate from: a sample that depends only on their keys, at most as many as asked, and those
-- that a human decided on. Only in a transaction that is rolled back: the real queue is emptied first.
-- Grain and key: (source_table, source_pk). Safe to run again: the same sample.
delete from canon.evaluation_queue;

insert into canon.evaluation_queue (source_table, source_pk)
(
    select
        record.source_table,
        record.source_pk
    from canon.records_index as record
    where record.gone_since is null
    order by hashtextextended(record.source_table || ' ' || record.source_pk, 0), record.source_table, record.source_pk
    limit %(most_records)s::integer
)
union
select
    record.source_table,
    record.source_pk
from canon.records_index as record
inner join canon.human_record_decisions as decided using (source_table, source_pk);
