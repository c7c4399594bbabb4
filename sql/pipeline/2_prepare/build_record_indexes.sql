-- Build the indexes of records that a first load dropped (canon.defer_indexes).
-- Safe to run again: what is there is left alone.
select canon.build_deferred_indexes('canon.records_index');
