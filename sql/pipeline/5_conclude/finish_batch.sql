-- The records of the batch leave the queue: their links, reasons, contests and events are written. A run that dies
-- before this is done decides on them again. Repeatable.
delete from canon.evaluation_queue as queued
using canon.records_this_run as batch
where batch.source_table = queued.source_table and batch.source_pk = queued.source_pk;
