-- Before a first load, drop the indexes of the tables into which the sources are read, while nobody reads them. The
-- steps build_account_indexes and build_record_indexes build them afterwards; what a crash left undone is built here.
-- Safe to run again.
select canon.defer_indexes('canon.drivers_index', null);

select canon.defer_indexes('canon.records_index', null, kept => array['records_index_chunk', 'records_index_gone']);
