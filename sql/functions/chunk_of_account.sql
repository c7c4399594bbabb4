-- The chunk of its source that a driver account is in, 0 to 16,383; see canon.source_row_chunks.
create or replace function canon.chunk_of_account(driver_id text)
returns bigint
language sql immutable parallel safe
as $$
    select hashtextextended(driver_id, 0) & 16383
$$;
