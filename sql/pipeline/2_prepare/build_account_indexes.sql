-- Build the indexes of driver accounts that a first load dropped (canon.defer_indexes).
-- Safe to run again: what is there is left alone.
select canon.build_deferred_indexes('canon.drivers_index');
