-- Remove the records of the batch from canon.evaluation_queue, after their links, reasons, contests and events are
-- written. A run that dies earlier decides on them again.
-- Grain and key: (source_table, source_pk). Safe to run again.
delete from canon.evaluation_queue as queued
using canon.records_this_run as batch
where batch.source_table = queued.source_table and batch.source_pk = queued.source_pk;
