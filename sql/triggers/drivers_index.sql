-- Accounts that are removed from the index are read from their source again.
create or replace trigger invalidate_source_chunk_digests
after delete or truncate on canon.drivers_index
for each statement execute function canon.invalidate_source_chunk_digests();
