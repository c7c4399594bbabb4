-- Before a first load: drop the indexes of canon.drivers_index and canon.records_index, which are empty then, so that
-- the steps that read the sources write rows without them. The steps build_account_indexes and build_record_indexes
-- build them afterwards; what a crash left undone is built here. Safe to run again.
select canon.defer_indexes('canon.drivers_index', null);

select canon.defer_indexes('canon.records_index', null, kept => array['records_index_chunk', 'records_index_gone']);
