-- The chunk of its source that a numbered row is in; see canon.source_row_chunks.
create or replace function canon.chunk_of_row(row_id bigint)
returns bigint
language sql immutable parallel safe
as $$
    select row_id / 256
$$;
