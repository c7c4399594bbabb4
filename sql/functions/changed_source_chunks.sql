-- The marked chunks of a source (canon.compare_source_chunks) as a string of bits, one per chunk. Callers test "bit >
-- 0", which the planner estimates at a third of the rows; an estimate of few rows would give a first load nested
-- loops. Gathering statistics of the table instead would block parallel steps.
create or replace function canon.changed_source_chunks(source_table text)
returns bytea
language plpgsql stable parallel safe
as $$
declare
    bits bytea := decode(repeat('00', 65536 / 8), 'hex');
    unread bigint;
begin
    for unread in
        select known.chunk
        from canon.source_chunk_digests as known
        where known.source_table = changed_source_chunks.source_table and not known.is_read
    loop
        bits := set_bit(bits, unread, 1);
    end loop;
    return bits;
end
$$;
