-- The chunk of its source that a numbered row is in, 0 to 65,535; see canon.source_row_chunks.
create or replace function canon.chunk_of_row(row_id bigint)
returns bigint
language sql immutable parallel safe
as $$
    select (row_id / 256) & 65535
$$;
