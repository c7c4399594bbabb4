-- A run finds the records of the source chunks that changed without reading all: canon.chunk_of_row, written out,
-- because an index keeps what a function said when it was built. Chunks were larger before: the next run compares every
-- row once.
create index records_index_chunk on canon.records_index (((source_row_id / 16) & 65535));
