-- The chunk of its source that a numbered row is in, 0 to 65,535; see canon.source_row_chunks. The index
-- canon.records_index_chunk repeats the expression.
create or replace function canon.chunk_of_row(row_id bigint)
returns bigint
language sql immutable parallel safe
as $$
    select (row_id / 16) & 65535
$$;
